/* The rows themselves, for the initialiser of an array, and the one that ends it: of the file that TABLE names. */
#define UNARY ROW_UNARY
#define UNARY_APART ROW_UNARY_APART
#define UNARY_EXACT ROW_UNARY_EXACT
#define UNARY_STEP ROW_UNARY_STEP
#define BINARY ROW_BINARY
#define BINARY_EXACT ROW_BINARY_EXACT
#define BINARY_STEP ROW_BINARY_STEP
#define OTHER ROW_OTHER
#include TABLE
{NULL, 0, false, NULL, NULL, NULL, NULL, NULL, NULL},
