/* The kernels of the rows of a table: of the file that TABLE names. */
#define UNARY KERNELS_UNARY
#define UNARY_APART KERNELS_UNARY_APART
#define UNARY_EXACT KERNELS_UNARY_EXACT
#define UNARY_STEP KERNELS_UNARY_STEP
#define BINARY KERNELS_BINARY
#define BINARY_EXACT KERNELS_BINARY_EXACT
#define BINARY_STEP KERNELS_BINARY_STEP
#define OTHER(id, name, arity, help)
#include TABLE
#undef UNARY
#undef UNARY_APART
#undef UNARY_EXACT
#undef UNARY_STEP
#undef BINARY
#undef BINARY_EXACT
#undef BINARY_STEP
#undef OTHER
