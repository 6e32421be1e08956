/* SPDX-License-Identifier: GPL-3.0-or-later
   Values as an interactive session shows them: which kind of value is shown how. */
#include "stdlib/show.h"

#include "runtime/text.h"

void show_value(State *S, Value v) { text_value(S, v); }
