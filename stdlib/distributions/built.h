/* What families that are built from other distributions share. None of these functions lets the collector run. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_BUILT_H
#define ELBO_STDLIB_DISTRIBUTIONS_BUILT_H

#include <string.h>

#include "parser/tree.h"
#include "runtime/distribution.h"
#include "runtime/error.h"
#include "runtime/eval.h"
#include "runtime/operations.h"
#include "stdlib/distributions/built_kernels.h"

/* ---- Arithmetic ---- */

static inline Value built_operate(State *S, Operator which, Value a, Value b) { return operation_binary(S, &elementwise_operators[which], a, b); }
static inline Value built_add(State *S, Value a, Value b) { return built_operate(S, OPERATOR_ADD, a, b); }
static inline Value built_subtract(State *S, Value a, Value b) { return built_operate(S, OPERATOR_SUBTRACT, a, b); }
static inline Value built_multiply(State *S, Value a, Value b) { return built_operate(S, OPERATOR_MULTIPLY, a, b); }
static inline Value built_divide(State *S, Value a, Value b) { return built_operate(S, OPERATOR_DIVIDE, a, b); }
static inline Value built_less(State *S, Value a, Value b) { return built_operate(S, OPERATOR_LESS, value_detached(a), value_detached(b)); }
static inline Value built_at_most(State *S, Value a, Value b) { return built_operate(S, OPERATOR_LESS_EQUAL, value_detached(a), value_detached(b)); }
Value built_function(State *S, const char *name, Value a);
static inline Value built_exp(State *S, Value a) { return built_function(S, "exp", a); }
/* 1 less v. */
static inline Value built_rest(State *S, Value v) { return built_subtract(S, value_number(1), v); }
static inline Value built_binary(State *S, const Elementwise *row, Value a, Value b) { return operation_binary(S, row, a, b); }
/* Both hold, of truth values. */
Value built_both(State *S, Value a, Value b);
/* v where it is above -inf; there -inf and gradient 0, whatever v's is. */
Value built_settled(State *S, Value v);
/* log(exp(terms[0]) + … + exp(terms[n - 1])). */
Value built_log_sum(State *S, const Value *terms, unsigned n);

/* The logarithm v of a probability; where that is above 1/2, from the logarithm of the rest. */
Value built_nearer(State *S, Value v, Value rest);

/* Whether the condition (truth values) holds in all lanes that are on; in none of them; of a number without lanes, itself. */
bool built_all(State *S, Value condition);
bool built_none(State *S, Value condition);

/* ---- Other distributions ---- */

/* The distribution in v; a type error that names the family and its parameter. */
Distribution *built_base(State *S, const char *family, const char *parameter, Value v);
/* The argument v of the family: a number, vector or matrix that is not missing or undefined. */
void built_check_number(State *S, const char *family, const char *name, Value v);
/* The answer to a question, or VALUE_UNASSIGNED. */
static inline Value built_ask(State *S, Distribution *d, const char *question, const Value *x) { return distribution_answer(S, d, question, x); }
/* The same where that is an error: the family needs the answer to be built. */
Value built_need(State *S, const char *family, Distribution *d, const char *question, Value x);
/* log P(X <= x), or of `upper` log P(X > x); x may be infinite. -inf has gradient 0. */
Value built_log_tail(State *S, const char *family, Distribution *d, bool upper, Value x);
/* x, or the bound that it lies beyond. */
Value built_clamped(State *S, Value x, Value low, Value high);
/* Takes parameters 1 and 2 as bounds, infinite where they are left out, and makes d->layout of them and that of the base. low must
   be less than high, or `may_meet`: named errors. */
void built_take_bounds(State *S, const char *family, Distribution *d, bool may_meet);
/* The least element of v in the lanes that are on where the condition fails, for messages. */
double built_offender(State *S, Value condition, Value v);
/* The constraint of what d's support has within the bounds; unassigned: unknown. */
Value built_support_within(State *S, Distribution *d, Value low, Value high);
/* Whether d has a known cdf (by the family alone: nothing is computed with its parameters). */
bool built_has_cdf(State *S, Distribution *d);
static inline bool built_is(const Distribution *d, const char *family) { return strcmp(d->row->name, family) == 0; }

/* ---- Draws ---- */

/* A key for a part of a draw that has noise of its own. */
RandomKey built_key(RandomKey key, uint32_t part);
/* The layout of draws with that event shape: in the lanes of the plates around. */
const Layout *built_draws(State *S, const Layout *event);
/* Uniforms over it. */
Value built_uniform(State *S, RandomKey key, const Layout *draws);
/* The number x, with the derivative of another value of the same layout. */
Value built_with_path(State *S, Value x, Value derivative);

/* The smallest number x, between low and high, of which log_cdf(x) >= log_p, or, if `upper`, log_ccdf(x) <= log_p: by bisection of
   the doubles themselves, so exact as far as the answers are. A constant of the join of the arguments' layouts. Discrete draws
   are whole. */
Value built_invert(State *S, const char *family, Distribution *d, bool upper, Value log_p, Value low, Value high);
/* The quantile (of q, or of `upper` those that draws exceed with probability q) of a distribution that has cdf and ccdf, by the
   same between low and high; continuous ones with derivatives, by those of the cdf. Checks q. */
Value built_quantile(State *S, const char *family, Distribution *d, bool upper, Value q, Value low, Value high);
/* x, a constant draw of d, moved by d's parameters as its cdf says: dx = -dF / density (Figurnov, Mohamed and Mnih, Implicit
   reparameterization gradients, 2018). `q`: F(x), on the tape if x depends on it; unassigned otherwise. */
Value built_moved(State *S, Distribution *d, Value x, Value q);
/* d's joint kind as the family's error says: raised where d's draws are one whole. */
void built_demand_numbers(State *S, const char *family, const Distribution *d);

#endif
