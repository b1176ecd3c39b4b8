/* What the server knows of the warehouse, as a catalogue for checks without a server. */
#pragma once

#include "compiler/metabase/server.h"
#include "compiler/query/catalogue.h"

/* Every active table of a database with its columns; NULL, reported, when the server does not
 * answer. */
struct catalogue *server_catalogue(struct server *server, long long database);
