/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures as text. */
#include "plot/picture_text.h"

#include "runtime/text.h"

void picture_text(State *S, const Picture *picture, unsigned width) {
    (void)width;
    text_print(S, "<picture of %u panels>", picture->n_panels);
}
