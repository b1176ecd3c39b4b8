/* Paths in `sources:` in, parsed definition files out, in byte order of their paths. Folders are
 * walked once each whatever links lead to them, hidden names are passed over, and nothing outside
 * the project is read: a definition that could name any file would put it on a server for all to
 * see. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "compiler/model/load.h"
#include "compiler/source/parse.h"

#define MOST_PARTS 64

struct walk {
	struct compile *c;
	struct node *from;              /* who named the folder */
	struct map seen;                /* device and inode of each folder */
	VEC(const char *) paths;
};

static const char *real_path(struct compile *c, const char *path) {
	char *real = realpath(*path ? path : ".", NULL);
	const char *copy = real ? arena_cstr(c->arena, str_from(real)) : NULL;
	free(real);
	return copy;
}

/* Does what `path` really is lie below the project's folder? Missing files are left to the reader.
 */
static bool really_inside(struct compile *c, const char *path) {
	struct project *project = c->project;
	if (!project->real_directory)
		project->real_directory = real_path(c, project->directory);
	const char *real = real_path(c, path);
	if (!real || !project->real_directory || strcmp(project->real_directory, "/") == 0)
		return true;
	size_t len = strlen(project->real_directory);
	return strncmp(real, project->real_directory, len) == 0 &&
	       (real[len] == '/' || real[len] == '\0');
}

static bool is_link(const char *path) {
	struct stat info;
	return lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
}

/* Folders are asked once each; a file only when it is a link itself. */
static bool is_safe(struct compile *c, const char *path) {
	const char *directory = directory_of(c->arena, path);
	void **slot = map_slot(c->arena, &c->project->safe_directories, str_from(directory));
	if (!*slot && !really_inside(c, directory))
		return false;
	*slot = c->project;
	return !is_link(path) || really_inside(c, path);
}

static void report_outside(struct compile *c, const struct node *path) {
	struct diagnostic *d =
		diag_add(c, E0310, path->at, "%s lies outside the project", node_shown(c, path));
	diag_note(c, d, SPAN_NONE, "the project is the folder of `%s`", c->project->path);
	diag_help(c, d, "copy it below that folder");
}

/* Takes `.` and `..` out of a path; false when it climbs above where it starts. */
static bool normalise(struct arena *arena, struct str path, const char **out) {
	struct str parts[MOST_PARTS], part;
	size_t count = 0;
	bool folder = str_ends(path, "/");
	while (str_split(&path, '/', &part)) {
		if (part.len == 0 || str_is(part, "."))
			continue;
		if (!str_is(part, "..") && count < MOST_PARTS) {
			parts[count++] = part;
			continue;
		}
		if (count == 0 || !str_is(part, ".."))
			return false;
		count--;
	}
	const char *text = "";
	for (size_t i = 0; i < count; i++)
		text = arena_printf(arena, "%s%.*s%s", text, STR_ARGS(parts[i]),
			i + 1 < count || folder ? "/" : "");
	*out = text;
	return true;
}

const char *path_inside(struct compile *c, const char *directory, const struct node *path) {
	const char *root = c->project->directory, *inner;
	struct str text = path->scalar.text;
	const char *below = directory + strlen(root);
	const char *whole = arena_printf(c->arena, "%s%.*s", below, STR_ARGS(text));
	bool absolute = text.len > 0 && text.ptr[0] == '/';
	if (absolute || !normalise(c->arena, str_from(whole), &inner)) {
		report_outside(c, path);
		return NULL;
	}
	const char *full = arena_printf(c->arena, "%s%s", root, inner);
	if (!is_safe(c, full)) {
		report_outside(c, path);
		return NULL;
	}
	return *full ? full : "./";
}

static bool is_definition_file(struct str name) {
	return str_ends(name, ".yaml") || str_ends(name, ".yml");
}

static void walk_directory(struct walk *walk, const char *path, int parent, const char *name);

static void walk_entry(
	struct walk *walk, const char *directory, int fd, const struct dirent *entry) {
	struct compile *c = walk->c;
	if (entry->d_name[0] == '.')
		return;
	bool folder = entry->d_type == DT_DIR, link = entry->d_type == DT_LNK;
	if (link || entry->d_type == DT_UNKNOWN) {
		struct stat info;
		if (fstatat(fd, entry->d_name, &info, 0) == 0)
			folder = S_ISDIR(info.st_mode);
	}
	bool manifest = strcmp(entry->d_name, "mbc.yaml") == 0;
	bool wanted = folder || (is_definition_file(str_from(entry->d_name)) && !manifest);
	if (!wanted)
		return;
	const char *path =
		arena_printf(c->arena, "%s%s%s", directory, entry->d_name, folder ? "/" : "");
	if (link && !really_inside(c, path)) {
		struct diagnostic *d =
			diag_add(c, E0310, walk->from->at, "`%s` leads out of the project", path);
		diag_help(c, d, "copy what it leads to, or remove the link");
	} else if (folder) {
		walk_directory(walk, path, fd, entry->d_name);
	} else {
		vec_push(c->arena, &walk->paths, path);
	}
}

static bool first_visit(struct walk *walk, int fd) {
	struct stat info;
	if (fstat(fd, &info) < 0)
		return true;
	uint64_t id[2] = {(uint64_t)info.st_dev, (uint64_t)info.st_ino};
	struct str key = arena_str(walk->c->arena, (struct str){(const char *)id, sizeof(id)});
	void **slot = map_slot(walk->c->arena, &walk->seen, key);
	bool first = !*slot;
	*slot = walk;
	return first;
}

static void walk_directory(struct walk *walk, const char *path, int parent, const char *name) {
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory) {
		diag_add(walk->c, E0101, walk->from->at, "cannot read `%s`: %s", path,
			strerror(errno));
		return;
	}
	if (first_visit(walk, fd)) {
		const struct dirent *entry;
		while ((entry = readdir(directory)) != NULL)
			walk_entry(walk, path, fd, entry);
	}
	closedir(directory);
}

static void walk_source(struct walk *walk, const char *path) {
	struct stat info;
	if (stat(path, &info) < 0)
		return;
	if (!S_ISDIR(info.st_mode)) {
		vec_push(walk->c->arena, &walk->paths, path);
		return;
	}
	const char *folder =
		str_ends(str_from(path), "/") ? path : arena_printf(walk->c->arena, "%s/", path);
	walk_directory(walk, strcmp(folder, "./") == 0 ? "" : folder, AT_FDCWD, folder);
}

static int by_path(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A parsed file that can be a definition, with its variables replaced. */
static void file_take(
	struct compile *c, struct definition_file file, struct definition_files *files) {
	if (!file.node)
		return;
	if (file.node->type != NODE_MAP) {
		struct diagnostic *d = diag_add(c, E0202, file.node->at,
			"a definition file is a map, found %s", node_shown(c, file.node));
		diag_help(c, d, "begin with `dashboard: Title`");
		return;
	}
	if (file.node->map.count == 0)
		diag_add(c, W0102, file.node->at, "the file defines nothing");
	variables_resolve(c, &c->project->variables, file.node);
	vec_push(c->arena, files, file);
}

/* Reads the files of sorted paths, one of several alike, and parses them all at once. */
static void load_paths(struct compile *c, const char **paths, size_t count,
	struct definition_files *files) {
	struct definition_file *read = arena_array(c->arena, struct definition_file, count);
	uint32_t *sources = arena_array(c->arena, uint32_t, count);
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		bool again = i > 0 && strcmp(paths[i - 1], paths[i]) == 0;
		if (again || strcmp(paths[i], c->project->path) == 0)
			continue;
		if (source_read(c, paths[i], SPAN_NONE, &sources[kept])) {
			read[kept] =
				(struct definition_file){.path = paths[i], .source = sources[kept]};
			kept++;
		}
	}
	struct node **nodes = arena_array(c->arena, struct node *, kept);
	yaml_parse_all(c, sources, kept, nodes);
	c->project->file_count += kept;
	for (size_t i = 0; i < kept; i++) {
		read[i].node = nodes[i];
		file_take(c, read[i], files);
	}
}

void files_load(struct compile *c, struct definition_files *files) {
	struct project *project = c->project;
	struct walk walk = {.c = c};
	for (size_t i = 0; i < project->sources.count; i++) {
		walk.from = project->source_nodes.items[i];
		walk_source(&walk, project->sources.items[i]);
	}
	if (walk.paths.count > 1)
		qsort(walk.paths.items, walk.paths.count, sizeof(*walk.paths.items), by_path);
	load_paths(c, walk.paths.items, walk.paths.count, files);
	if (walk.paths.count == 0 && diag_errors(c) == 0 && project->source_nodes.count > 0)
		diag_add(c, W0302, project->source_nodes.items[0]->at,
			"there are no definition files: `.yaml` or `.yml`");
}

struct node *sql_file_read(struct compile *c, const char *directory, struct node *path) {
	const char *full = path_inside(c, directory, path);
	uint32_t source;
	if (!full)
		return NULL;
	void **slot = map_slot(c->arena, &c->project->sql_files, str_from(full));
	if (*slot)
		return *slot;
	if (!source_read(c, full, path->at, &source))
		return NULL;
	struct node *node = node_from_source(c, source);
	variables_resolve(c, &c->project->variables, node);
	*map_slot(c->arena, &c->project->sql_files, str_from(full)) = node;
	return node;
}
