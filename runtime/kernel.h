/* Kernels: plain loops over contiguous doubles, always a multiple of 8 of them.

   The same kernels serve the REPL's scalars and a million lanes, and loops have no tails, so a number does not depend on
   how many lanes were computed beside it. Files with kernels are compiled for vectors (see configure): exp, log … of glibc's
   vector library, chosen at run time for the processor by ELBO_CLONES. */
#ifndef ELBO_RUNTIME_KERNEL_H
#define ELBO_RUNTIME_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KERNEL_ARITY = 4 };

/* out[i] = f(in[0][i], in[1][i], …) for i < n, n a multiple of 8. out may be one of the inputs (not so of a DualKernel). */
typedef void ElementKernel(size_t n, double *restrict out, const double *const in[]);
/* The same with partial derivatives: partial[k][i] = df/d in[k]; partial[k] is NULL where not wanted. */
typedef void DualKernel(size_t n, double *restrict out, double *const partial[], const double *const in[]);

/* One row of the table of elementwise functions. */
typedef struct Elementwise {
    const char *name;
    unsigned arity;
    bool boolean;      /* the result is a truth value */
    ElementKernel *value;
    DualKernel *dual;  /* NULL: no derivative; the result is a constant (floor, comparisons) */
    double (*scalar)(double a, double b); /* exact shortcut for lone numbers where IEEE guarantees the same bits
                                             (+ - * / sqrt comparisons), else NULL */
    double (*scalar_dual)(double partial[], double a, double b); /* the same with partials; NULL exactly when scalar or dual is */
    const double *slope; /* the partials, if they are constants (+ - negate), else NULL */
    const char *help;    /* one line */
} Elementwise;

/* Sum of n doubles in the order that defines a sum here: blocks of 1024 with 8 accumulators, the blocks added in order. */
double kernel_sum(const double *x, size_t n);
/* The same of x[i] * y[i], with products whose x is exactly 0 counted as exactly 0 (the zero rule). */
double kernel_sum_product(const double *x, const double *y, size_t n);

/* out[i] = log(x[i]); n is a multiple of 8. */
void kernel_log(size_t n, double *restrict out, const double *restrict x);

/* y[i] += factor * x[i], y[i] += partial[i] * x[i], y[i] += x[i] where partial[i] is not 0; by the zero rule an x that is
   exactly 0 adds nothing. n is a multiple of 8. */
void kernel_add_scaled(size_t n, double *y, const double *x, double factor);
void kernel_add_product(size_t n, double *y, const double *x, const double *partial);
void kernel_add_selected(size_t n, double *y, const double *x, const double *partial);
/* The first two for y that are 0 so far and need not be initialised. */
void kernel_set_scaled(size_t n, double *restrict y, const double *restrict x, double factor);
void kernel_set_product(size_t n, double *restrict y, const double *restrict x, const double *restrict partial);
/* kernel_add_… for one x. */
void kernel_add_one_scaled(size_t n, double *y, double x, double factor);
void kernel_add_one_product(size_t n, double *y, double x, const double *partial);
void kernel_add_one_selected(size_t n, double *y, double x, const double *partial);
/* out = in[0] != 0 ? in[1] : in[2]; out = in[0]. */
ElementKernel kernel_select, kernel_copy;
/* Sum of the n x[i] whose partial[i] is not 0, in the order of kernel_sum. n need not be a multiple of 8. */
double kernel_sum_selected(const double *x, const double *partial, size_t n);

/* out[l] = the sum over j < count of a[j * a_step + l] * b[j * b_step + l] for n lanes l (a multiple of 8), in the order of
   kernel_sum. What does not move has one number for all lanes. */
void kernel_dot_lanes(size_t n, double *out, const double *a, size_t a_step, bool a_moves, const double *b, size_t b_step,
                      bool b_moves, size_t count);

/* The row of a named function, or NULL. */
const Elementwise *elementwise_find(const char *name);

/* The operators' rows, in the order of Operator (parser/tree.h). */
extern const Elementwise elementwise_operators[];
/* The named functions' rows, ended by a row without a name. */
extern const Elementwise elementwise_functions[];
/* Rows that are no built-ins by themselves. */
typedef enum ElementwiseInternal {
    INTERNAL_SQUARE, INTERNAL_ROUND, INTERNAL_IS_MISSING, INTERNAL_MINIMUM, INTERNAL_MAXIMUM
} ElementwiseInternal;
extern const Elementwise elementwise_internal[];

#endif
