/* Kernels in two forms from one text: parameters with an element for each value, and parameters that are one number.

   The body takes `bool lone`, a constant once it is inlined; LONE(p, i) is p[i], or the number p_0 that the body read before its
   loops. Both forms compute the same operations in the same order, so they give the same bits. */
#ifndef ELBO_STDLIB_DISTRIBUTIONS_LONE_H
#define ELBO_STDLIB_DISTRIBUTIONS_LONE_H

#define LONE_INLINE static inline __attribute__((always_inline))
#define LONE(p, i) (lone ? p##_0 : p[i])

/* From name_body the kernels `name` and name_lone. */
#define LONE_PAIR(name)                                                                                                \
    ELBO_CLONES static void name(size_t n, double *restrict out, double *const partial[], const double *const in[]) {      \
        name##_body(n, out, partial, in, false);                                                                           \
    }                                                                                                                      \
    ELBO_CLONES static void name##_lone(size_t n, double *restrict out, double *const partial[], const double *const in[]) { \
        name##_body(n, out, partial, in, true);                                                                            \
    }

#endif
