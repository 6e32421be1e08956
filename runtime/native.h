/* Built-in functions: one row each, read by calls, help, completion and documentation. */
#ifndef ELBO_RUNTIME_NATIVE_H
#define ELBO_RUNTIME_NATIVE_H

#include "runtime/value.h"

/* arguments: one for each parameter of the signature (VALUE_UNASSIGNED where an optional one was left out), then those of
   the rest parameter. They stay alive and in place while the function runs, also if it runs program code. */
typedef Value NativeFunction(State *S, const Value *arguments, unsigned n);

typedef struct NativeRow {
    const char *name;
    const char *signature; /* "x, n?, values...": `?` may be left out, `...` takes any further positional arguments; what
                              stands behind that is given by name only. "hide:names": in brackets right in the call, bare
                              names are names of sites */
    NativeFunction *function;
    const char *help;      /* one line */
    bool borrows;          /* keeps no reference to its arguments and returns none of them: they stay writable in place */
    bool raw;              /* takes an array that is still built index by index as it is (a list with `slots`) */
} NativeRow;

enum { SIGNATURE_PARAMETERS = 16 };

/* The parameters of a built-in: positional ones by order, all by name. */
typedef struct Signature {
    String *names[SIGNATURE_PARAMETERS];
    uint32_t n;
    uint32_t positional; /* the first so many may be given by position */
    uint32_t required; /* bit k: parameter k must be given */
    bool rest;         /* takes further positional arguments */
    bool named;        /* some are given by name only */
    uint32_t site_names; /* bit k: parameter k is a list of names of sites */
} Signature;

/* What a built-in does that was generated from a row of an outer room. */
typedef Value NativeMake(State *S, const void *row, const Value *arguments, unsigned n);

/* A built-in as a value: exactly one of the rows is set. */
struct Native {
    Object header;
    const NativeRow *row;
    const struct Elementwise *elementwise;
    const struct DistributionRow *distribution; /* makes a distribution */
    const struct ConstraintRow *constraint;     /* makes a constraint with bounds */
    const struct HandlerRow *handler;           /* makes a handler, or wraps a function in one */
    NativeMake *make; /* calls make(S, made, arguments, n): generated from a row of an outer room */
    const void *made;
    const char *kind, *help; /* of what was generated so; see native_kind, native_help */
    const char *name;
    Signature signature;
};

/* Makes the value of a built-in; `signature` as in NativeRow. */
Native *native_new(State *S, const char *name, const char *signature);
/* "sqrt" … for messages; NULL: it has no name. */
const char *callable_name(Value v);
bool value_is_callable(Value v);

/* Tables of rows, each ended by a row without a name; the lists ended by NULL (stdlib/registry.c). */
extern const NativeRow *const native_tables[];
extern const struct Elementwise *const elementwise_tables[];
/* Called once for each new state: they add built-ins generated from rows. Ended by NULL (stdlib/registry.c). */
extern void (*const native_generators[])(State *S);
/* Adds the built-in `name`, whose calls are make(S, row, arguments, n), to a new state. `kind` is what help lists it under. */
void native_add(State *S, const char *name, const char *signature, NativeMake *make, const void *row, const char *kind, const char *help);
/* The line of help of a built-in, and what it is listed under: "functions", "distributions", "optimizers". */
const char *native_help(const Native *native);
const char *native_kind(const Native *native);
/* Called once for each new state: outer rooms add their types and built-ins. Ended by NULL. */
extern void (*const state_openers[])(State *S);

/* Calls a built-in with its arguments in the order of the signature; `function` is what a handler wraps, or unassigned. */
Value native_apply(State *S, const Native *native, const Value *arguments, unsigned n, Value function);

/* Calls any callable value from C with positional arguments. May run program code. */
Value call_value(State *S, Value callee, const Value *arguments, unsigned n);

/* Raises the type error "`function` takes `expected`, not a TYPE" with the argument's name. */
_Noreturn void native_type_error(State *S, const char *function, const char *argument, const char *expected, Value got)
    __attribute__((cold));

#endif
