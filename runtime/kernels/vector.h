/* What makes a plain loop a fast one. For files of kernels only, which are compiled with KERNEL_CFLAGS.

   Every loop must run vectorised from its first to its last element, else the last lanes would come from the scalar
   functions of the C library and have other bits: so loops run over a multiple of 8 (VECTOR_LOOP), and the compiler need
   not fear that arrays overlap. */
#ifndef ELBO_RUNTIME_KERNELS_VECTOR_H
#define ELBO_RUNTIME_KERNELS_VECTOR_H

#include "config.h"

#include <math.h>
#include <stddef.h>

/* The processor's widest instructions are chosen when the program starts. */
#ifdef ELBO_HAVE_TARGET_CLONES
#define ELBO_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define ELBO_CLONES
#endif

/* Expressions for such loops: the compiler by itself leaves large ones as calls, and a loop with a call stays scalar. */
#define VECTOR_INLINE static inline __attribute__((always_inline))

/* for (i = 0; i < n; i++) with n a multiple of 8. */
#ifdef __clang__
#define VECTOR_IVDEP _Pragma("clang loop vectorize(assume_safety)")
#else
#define VECTOR_IVDEP _Pragma("GCC ivdep")
#endif
#define VECTOR_LOOP(i, n) VECTOR_IVDEP for (size_t i = 0; i < ((n) & ~(size_t)7); i++)

/* Functions of glibc's vector library (libmvec, since glibc 2.22 and 2.35): at most 4 ulp from the true value. */
#ifdef ELBO_HAVE_SIMD_MATH
#define VECTOR_MATH_1(name) __attribute__((simd("notinbranch"))) double name(double);
#define VECTOR_MATH_2(name) __attribute__((simd("notinbranch"))) double name(double, double);
VECTOR_MATH_1(acos)
VECTOR_MATH_1(asin)
VECTOR_MATH_1(atan)
VECTOR_MATH_1(cos)
VECTOR_MATH_1(cosh)
VECTOR_MATH_1(erf)
VECTOR_MATH_1(erfc)
VECTOR_MATH_1(exp)
VECTOR_MATH_1(expm1)
VECTOR_MATH_1(log)
VECTOR_MATH_1(log10)
VECTOR_MATH_1(log1p)
VECTOR_MATH_1(log2)
VECTOR_MATH_1(sin)
VECTOR_MATH_1(sinh)
VECTOR_MATH_1(tan)
VECTOR_MATH_1(tanh)
VECTOR_MATH_2(atan2)
VECTOR_MATH_2(pow)
#undef VECTOR_MATH_1
#undef VECTOR_MATH_2
#endif

#endif
