/* Event shapes in words. */
#ifndef ELBO_RUNTIME_SHAPE_H
#define ELBO_RUNTIME_SHAPE_H

#include "runtime/layout.h"

enum { SHAPE_TEXT = 160 };

/* "number", "vector of 3", "2 x 3 matrix", "2 x 3 x 4 array"; lanes are not mentioned. Returns text. */
const char *shape_text(const Layout *layout, char text[SHAPE_TEXT]);

#endif
