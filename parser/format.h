/* SPDX-License-Identifier: GPL-3.0-or-later
   The formatter: the printer's canonical form, with what only the text has: comments, empty lines, line breaks inside of brackets,
   numbers and strings as they were written, and signs that were aligned. */
#ifndef ELBO_PARSER_FORMAT_H
#define ELBO_PARSER_FORMAT_H

#include "parser/parse.h"

/* Columns that a line may take before it is broken at a comma or an operator. */
enum { FORMAT_WIDTH = 100 };

/* Writes the formatted text of `source`, which parses to an equal tree and has the same comments in the same order; formatting it again
   changes nothing. Where a text does not parse, its errors are reported and nothing is written. */
ParseStatus format_text(const Source *source, const ParseOptions *options, DiagnosticWrite *write, void *user);

#endif
