/* The terminal: may it have colour, how wide is it, how wide is a text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "runtime/str.h"

/* Colour only on a terminal, not under NO_COLOR or TERM=dumb; CLICOLOR_FORCE wants it anyway. */
bool term_colour(FILE *stream);

bool term_is_terminal(FILE *stream);

/* Columns of the terminal behind `stream`, or 0 when there is none. */
unsigned term_width(FILE *stream);

/* Columns that a text takes: wide characters two, combining ones none. Invalid bytes count one. */
size_t text_width(struct str text);

/* Columns of one character. */
unsigned character_width(uint32_t character);

/* The character at the start of `text` (U+FFFD for an invalid byte); `*len` its bytes, at least 1.
 */
uint32_t utf8_decode(struct str text, size_t *len);
