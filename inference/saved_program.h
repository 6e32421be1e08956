/* SPDX-License-Identifier: GPL-3.0-or-later
   What a function of the program says, as text: by this a saved fit knows its model again. */
#ifndef ELBO_INFERENCE_SAVED_PROGRAM_H
#define ELBO_INFERENCE_SAVED_PROGRAM_H

#include "runtime/state.h"

/* The text of a function in the canonical form of parser/print.h, then those of all functions that it uses by name, in the
   order in which they are met, and the values of variables outside that they read: a record by name. */
Record *program_pieces(State *S, Value function);
/* Whether the pieces of a function have this digest. */
bool program_is(State *S, Value function, const String *digest);
/* The guide that belongs to a model, also under handlers; unassigned: none. */
Value program_guide(Value model);
/* The name of the variable that holds exactly this value; NULL: none does. */
String *program_name(State *S, Value v);
/* The value of the user's variable; unassigned: there is none. */
Value program_variable(State *S, const String *name);

#endif
