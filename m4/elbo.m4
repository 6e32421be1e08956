# SPDX-License-Identifier: GPL-3.0-or-later
# What configure asks of the compiler.

# ELBO_CHECK_CFLAG(VARIABLE, FLAG): add FLAG to VARIABLE if the compiler knows it.
AC_DEFUN([ELBO_CHECK_CFLAG],
  [AS_VAR_PUSHDEF([cache], [elbo_cv_cflag_$2])
   AC_CACHE_CHECK([whether $CC accepts $2], [cache],
     [elbo_save_CFLAGS=$CFLAGS
      CFLAGS="$CFLAGS -Werror $2"
      AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
        [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
      CFLAGS=$elbo_save_CFLAGS])
   AS_VAR_IF([cache], [yes], [$1="$$1 $2"])
   AS_VAR_POPDEF([cache])])

# target_clones: one loop compiled for several instruction sets, chosen when the
# program starts. The choice runs before a sanitizer is ready, so not with those.
AC_DEFUN([ELBO_TARGET_CLONES],
[AS_IF([test "x$enable_vector" = xno || test "x$enable_sanitizers" != xno],
  [elbo_cv_target_clones=no])
AC_CACHE_CHECK([whether $CC has target_clones("avx2", "default")],
  [elbo_cv_target_clones],
  [elbo_save_CFLAGS=$CFLAGS
   CFLAGS="$CFLAGS $ELBO_CFLAGS $KERNEL_CFLAGS -Werror"
   AC_RUN_IFELSE([AC_LANG_SOURCE([[
     __attribute__((target_clones("avx2", "default")))
     void twice(int n, double *x) { for (int i = 0; i < n; i++) x[i] += x[i]; }
     int main(void)
     {
         double x[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
         twice(9, x);
         for (int i = 0; i < 9; i++) if (x[i] != 2.0 * (i + 1)) return 1;
         return 0;
     }]])],
     [elbo_cv_target_clones=yes], [elbo_cv_target_clones=no],
     [elbo_cv_target_clones=no])
   CFLAGS=$elbo_save_CFLAGS])
AS_IF([test "x$elbo_cv_target_clones" = xyes],
  [AC_DEFINE([ELBO_HAVE_TARGET_CLONES], [1],
     [Define to 1 if functions may have __attribute__((target_clones)).])])
])

# Vector mathematics: with these declarations a loop that calls exp becomes one
# that calls the C library's vector exp. Values, NaN and infinity are tried here.
AC_DEFUN([ELBO_SIMD_MATH],
[AS_IF([test "x$enable_vector" = xno], [elbo_cv_simd_math=no])
AC_CACHE_CHECK([for vector mathematics (libmvec)], [elbo_cv_simd_math],
  [elbo_save_CFLAGS=$CFLAGS; elbo_save_LIBS=$LIBS
   CFLAGS="$CFLAGS $ELBO_CFLAGS $KERNEL_CFLAGS -Werror"
   elbo_cv_simd_math=no
   for elbo_lib in none -lmvec; do
     AS_IF([test $elbo_lib = none], [LIBS=$elbo_save_LIBS],
       [LIBS="$elbo_lib $elbo_save_LIBS"])
     AC_RUN_IFELSE([AC_LANG_SOURCE([[
       #include <math.h>
       /* all of runtime/kernels/vector.h */
       #define FUNCTIONS(F) F(acos) F(asin) F(atan) F(cos) F(cosh) F(erf) F(erfc) F(exp) F(expm1) \
           F(log) F(log10) F(log1p) F(log2) F(sin) F(sinh) F(tan) F(tanh)
       #define FUNCTIONS_2(F) F(atan2) F(pow)
       #define DECLARE(f) __attribute__((simd("notinbranch"))) double f(double);
       FUNCTIONS(DECLARE)
       #define DECLARE_2(f) __attribute__((simd("notinbranch"))) double f(double, double);
       FUNCTIONS_2(DECLARE_2)
       #define LOOP(f) static void f ## _loop(double *restrict y, const double *restrict x) \
           { for (int i = 0; i < 64; i++) y[i] = f(x[i]); }
       FUNCTIONS(LOOP)
       #define LOOP_2(f) static void f ## _loop(double *restrict y, const double *restrict x) \
           { for (int i = 0; i < 64; i++) y[i] = f(x[i], 1.5); }
       FUNCTIONS_2(LOOP_2)
       static double x[64], y[64];
       static int close_to(double a, double b)
       { return a == b || (a != a && b != b) || fabs(a - b) <= 1e-14 * fabs(b); }
       int main(void)
       {
           double (*volatile f)(double);   /* volatile: the scalar function */
           double (*volatile g)(double, double);
           for (int i = 0; i < 64; i++) x[i] = 0.125 * (i + 1);
           x[60] = NAN; x[61] = INFINITY; x[62] = -INFINITY; x[63] = 0;
       #define TRY(fn) f = fn; fn ## _loop(y, x); \
           for (int i = 0; i < 64; i++) if (!close_to(y[i], f(x[i]))) return 1;
           FUNCTIONS(TRY)
       #define TRY_2(fn) g = fn; fn ## _loop(y, x); \
           for (int i = 0; i < 64; i++) if (!close_to(y[i], g(x[i], 1.5))) return 1;
           FUNCTIONS_2(TRY_2)
           return 0;
       }]])],
       [elbo_cv_simd_math=$elbo_lib; break], [], [:])
   done
   CFLAGS=$elbo_save_CFLAGS; LIBS=$elbo_save_LIBS
   AS_CASE([$elbo_cv_simd_math], [none], [elbo_cv_simd_math=yes])])
AS_CASE([$elbo_cv_simd_math], [-l*], [LIBS="$elbo_cv_simd_math $LIBS"])
AS_IF([test "x$elbo_cv_simd_math" != xno],
  [AC_DEFINE([ELBO_HAVE_SIMD_MATH], [1],
     [Define to 1 if exp, log and others may be declared with
      __attribute__((simd("notinbranch"))) and are then found by the linker.])])
])
