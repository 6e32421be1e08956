/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runtime/shape.h"

#include <stdio.h>

const char *shape_text(const Layout *layout, char text[SHAPE_TEXT]) {
    if (layout->rank == 0) {
        snprintf(text, SHAPE_TEXT, "number");
    } else if (layout->rank == 1) {
        snprintf(text, SHAPE_TEXT, "vector of %zu", layout->dims[0]);
    } else {
        size_t used = 0;
        for (uint32_t d = 0; d < layout->rank && used < SHAPE_TEXT; d++)
            used += (size_t)snprintf(text + used, SHAPE_TEXT - used, d ? " x %zu" : "%zu", layout->dims[d]);
        if (used < SHAPE_TEXT) snprintf(text + used, SHAPE_TEXT - used, layout->rank == 2 ? " matrix" : " array");
    }
    return text;
}
