/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures as text: braille dots between axes, for a terminal. */
#ifndef ELBO_PLOT_PICTURE_TEXT_H
#define ELBO_PLOT_PICTURE_TEXT_H

#include "plot/picture.h"

/* Appends the picture to the text that is being built (runtime/text.h), `width` columns wide (0: as wide as the state's
   terminal, 80 if it has none). Panels stand below each other; the last line has no newline behind it. */
void picture_text(State *S, const Picture *picture, unsigned width);
/* The same without colours, whatever the terminal: for files. */
void picture_text_plain(State *S, const Picture *picture, unsigned width);

#endif
