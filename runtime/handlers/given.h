/* Values and names that the user gives to a handler: condition({mu: 42}), block(hide = ["z"]).

   A name in such a record stands for the site of that name, or else for the family z[0], z[1], …, whose values are then the
   elements of what was given. A trace gives the values of its sites. Values cross from the place of the handler to that of
   the site (the manual, section Crossing). */
#ifndef ELBO_RUNTIME_HANDLERS_GIVEN_H
#define ELBO_RUNTIME_HANDLERS_GIVEN_H

#include "runtime/trace.h"

/* Raises wrong-type unless `given` is a record or a trace; `handler` is the handler's name. */
void given_check(State *S, const char *handler, Value given);
/* Whether a value was given for the message's name; notes the name. */
bool given_names(State *S, HandlerFrame *frame, Value given, const Message *message);
/* The value for the sample message, in the lanes and the shape of its place; unassigned: none was given, or it is `missing`.
   Raises shape-mismatch. Notes the names. */
Value given_sample(State *S, HandlerFrame *frame, Value given, const Message *message);
/* The constrained value for the param message, for its place. Raises bad-argument where it leaves the constraint. */
Value given_param(State *S, HandlerFrame *frame, Value given, const Message *message);
/* The value that a trace has for a sample message: of its latent sites, or of all sites that have one. */
Value given_replayed(State *S, const HandlerFrame *frame, const Trace *trace, const Message *message, bool latent_only);

/* A value of the place of the handler as one number or truth value for each lane at the site; raises shape-mismatch, naming
   `what`, when some of its shape is left. */
Value given_lanes(State *S, const HandlerFrame *frame, Value v, const char *what);

/* ---- Names that no site of the run had ----

   The frame's state notes which names were met. `given_enter` and `given_leave` are the row's enter and leave, or called by
   them: leaving warns (unknown-site) about names in `names` (a record's, or a list of strings) that were not. */
void given_enter(State *S, HandlerFrame *frame);
/* The message exists; `used` is the name that the user gave for it, or NULL. */
void given_note(State *S, HandlerFrame *frame, const Message *message, String *used);
/* `takes`: what the handler acts on, for messages: "sample sites". */
void given_warn(State *S, HandlerFrame *frame, Value names, const char *takes);

/* Raises wrong-type unless `names` is a name, a list of names, or left out. */
void given_check_names(State *S, const char *handler, const char *argument, Value names);
/* Whether the message's name or its family is among them; notes the name. */
bool given_lists(State *S, HandlerFrame *frame, Value names, const Message *message);

/* The value of that name, or else of its family; *used is the key. NULL: there is none. */
const Value *given_find(State *S, const Record *record, String *name, String **used);
/* "z" of "z[3]"; NULL: it is no member of a family. */
String *given_family(State *S, const String *name);

#endif
