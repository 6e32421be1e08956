/* Transforms as values. What they do is stdlib/transforms.h. */
#ifndef ELBO_RUNTIME_TRANSFORM_H
#define ELBO_RUNTIME_TRANSFORM_H

#include "runtime/value.h"

typedef struct Transform {
    Object header;
    const struct TransformRow *row;
    bool inverted;
    bool slope;         /* as a value to be called: gives log_abs_det */
    bool check;         /* of a constraint, as a value to be called: whether something lies in its set */
    Value arguments[2]; /* affine: loc, scale; a list: its transforms; a constraint: itself */
} Transform;

#endif
