/* What multivariate normals and their kin share: parameters that are vectors and matrices, their checks, and quadratic forms. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_MULTIVARIATE_H
#define ELBO_STDLIB_DISTRIBUTIONS_MULTIVARIATE_H

#include "parser/tree.h"
#include "runtime/distribution.h"
#include "runtime/operations.h"

static inline Value multivariate_operate(State *S, Operator which, Value a, Value b) {
    return operation_binary(S, &elementwise_operators[which], a, b);
}
Value multivariate_function(State *S, const char *name, Value v);

/* Parameter k, given or not. */
static inline bool multivariate_given(const Distribution *d, unsigned k) { return d->parameters[k].tag != VALUE_UNASSIGNED; }

/* Parameter k must be a number or a vector that fits its constraint; becomes a vector of n (n = 0: any number of elements, and a
   number is an error). Returns how many. */
size_t multivariate_vector(State *S, Distribution *d, unsigned k, size_t n);
/* Parameter k must be a number that fits its constraint. */
void multivariate_number(State *S, Distribution *d, unsigned k);
/* Parameter k must be a matrix of finite numbers of n rows, and, if `square`, as many columns. Returns the columns. */
size_t multivariate_matrix(State *S, Distribution *d, unsigned k, size_t n, bool square);
/* Parameter k must be a whole number from 1 on, equal in all lanes. */
size_t multivariate_length(State *S, Distribution *d, unsigned k);

/* How a positive definite matrix is given. */
typedef enum MultivariateForm { FORM_COVARIANCE, FORM_PRECISION, FORM_CHOLESKY } MultivariateForm;
/* The Cholesky factor of the covariance (scale) matrix of n rows that parameter k gives in this form; checks it. */
Value multivariate_factor(State *S, Distribution *d, unsigned k, MultivariateForm form, size_t n);
/* The matrix in this form from the factor. */
Value multivariate_form(State *S, Value factor, MultivariateForm form);

/* d->layout: vectors of n over the lanes of all numeric parameters. */
void multivariate_layout(State *S, Distribution *d, size_t n);

/* Standard normals for d's event, over the plates around; the draw number of the first is `first`. */
Value multivariate_noise(State *S, RandomKey key, size_t n, uint32_t first);
/* |L^-1 v|^2, or |v / scale|^2 for a vector. */
Value multivariate_square(State *S, Value factor, Value v);
/* `density` where the number `form` is finite, else -inf without a gradient. */
Value multivariate_inside(State *S, Value form, Value density);
#define HALF_LOG_TWO_PI 0.91893853320467274178

/* The divergence of two normals, as a formula over mu and other_mu and their Cholesky factors (texts). */
#define MULTIVARIATE_NORMAL_KL(own, other)                                                                                           \
    "r = solve_lower(" other ", other_mu - mu); 0.5 * (sum(solve_lower(" other ", " own ") ^ 2) + r @ r - len(mu))"                  \
    " + sum(log(diag(" other "))) - sum(log(diag(" own ")))"

#endif
