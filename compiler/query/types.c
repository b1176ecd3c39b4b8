/* The types of warehouses, by name, and what a chart can make of them. */
#include "compiler/query/columns.h"

static const struct {
	const char *name;
	enum column_type type;
} types[] = {
	{"STRING", COLUMN_TEXT}, {"INT64", COLUMN_NUMBER}, {"NUMERIC", COLUMN_NUMBER},
	{"FLOAT64", COLUMN_NUMBER}, {"DATE", COLUMN_DATE}, {"TIMESTAMP", COLUMN_DATETIME},
	{"BOOL", COLUMN_BOOLEAN}, {"DATETIME", COLUMN_DATETIME},
	{"ARRAY", COLUMN_OTHER}, {"BIGDECIMAL", COLUMN_NUMBER}, {"BIGINT", COLUMN_NUMBER},
	{"BIGNUMERIC", COLUMN_NUMBER}, {"BIGSERIAL", COLUMN_NUMBER}, {"BINARY", COLUMN_OTHER},
	{"BLOB", COLUMN_OTHER}, {"BOOLEAN", COLUMN_BOOLEAN}, {"BPCHAR", COLUMN_TEXT}, {"BYTEA", COLUMN_OTHER},
	{"BYTEINT", COLUMN_NUMBER}, {"BYTES", COLUMN_OTHER}, {"CHAR", COLUMN_TEXT}, {"CHARACTER", COLUMN_TEXT},
	{"CITEXT", COLUMN_TEXT}, {"CLOB", COLUMN_TEXT}, {"DATETIME2", COLUMN_DATETIME},
	{"DECIMAL", COLUMN_NUMBER}, {"DOUBLE", COLUMN_NUMBER}, {"ENUM", COLUMN_TEXT}, {"FLOAT", COLUMN_NUMBER},
	{"FLOAT4", COLUMN_NUMBER}, {"FLOAT8", COLUMN_NUMBER}, {"GEOGRAPHY", COLUMN_OTHER},
	{"GEOMETRY", COLUMN_OTHER}, {"HSTORE", COLUMN_OTHER}, {"INET", COLUMN_OTHER}, {"INT", COLUMN_NUMBER},
	{"INT2", COLUMN_NUMBER}, {"INT4", COLUMN_NUMBER}, {"INT8", COLUMN_NUMBER}, {"INTEGER", COLUMN_NUMBER},
	{"INTERVAL", COLUMN_OTHER}, {"JSON", COLUMN_OTHER}, {"JSONB", COLUMN_OTHER}, {"LONGTEXT", COLUMN_TEXT},
	{"MEDIUMINT", COLUMN_NUMBER}, {"MEDIUMTEXT", COLUMN_TEXT}, {"MONEY", COLUMN_NUMBER},
	{"NCHAR", COLUMN_TEXT}, {"NUMBER", COLUMN_NUMBER}, {"NVARCHAR", COLUMN_TEXT}, {"OBJECT", COLUMN_OTHER},
	{"RANGE", COLUMN_OTHER}, {"REAL", COLUMN_NUMBER}, {"RECORD", COLUMN_OTHER}, {"SERIAL", COLUMN_NUMBER},
	{"SMALLINT", COLUMN_NUMBER}, {"SMALLSERIAL", COLUMN_NUMBER}, {"STRUCT", COLUMN_OTHER},
	{"SUPER", COLUMN_OTHER}, {"TEXT", COLUMN_TEXT}, {"TIME", COLUMN_OTHER}, {"TIMESTAMPTZ", COLUMN_DATETIME},
	{"TIMESTAMP_LTZ", COLUMN_DATETIME}, {"TIMESTAMP_NTZ", COLUMN_DATETIME},
	{"TIMESTAMP_TZ", COLUMN_DATETIME}, {"TINYINT", COLUMN_NUMBER}, {"TINYTEXT", COLUMN_TEXT},
	{"UUID", COLUMN_TEXT}, {"VARBINARY", COLUMN_OTHER}, {"VARCHAR", COLUMN_TEXT}, {"VARCHAR2", COLUMN_TEXT},
	{"VARIANT", COLUMN_OTHER}, {"XML", COLUMN_OTHER},
};

enum column_type column_type_of(struct str database_type) {
	struct str name = str_trim(database_type);
	if (str_ends(name, "]"))
		return COLUMN_OTHER;
	size_t end = 0;
	while (end < name.len && !strchr(" (<\t\r\n", name.ptr[end]))
		end++;
	name = str_slice(name, 0, end);
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		if (str_eq_fold(name, str_from(types[i].name)))
			return types[i].type;
	}
	return COLUMN_UNKNOWN;
}

const char *column_type_name(enum column_type type) {
	switch (type) {
	case COLUMN_UNKNOWN: return "unknown";
	case COLUMN_TEXT: return "text";
	case COLUMN_NUMBER: return "number";
	case COLUMN_BOOLEAN: return "boolean";
	case COLUMN_DATE: return "date";
	case COLUMN_DATETIME: return "datetime";
	case COLUMN_OTHER: return "other";
	}
	return "unknown";
}
