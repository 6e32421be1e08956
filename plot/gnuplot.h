/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures by gnuplot. Texts of programs reach its interpreter only as strings in single quotes without quotes and
   control characters, numbers only as data blocks; it is started without a shell and writes into a pipe, never into a file of the user's choice. */
#ifndef ELBO_PLOT_GNUPLOT_H
#define ELBO_PLOT_GNUPLOT_H

#include "plot/picture.h"

typedef enum PictureFormat { PICTURE_SVG, PICTURE_PNG, PICTURE_PDF } PictureFormat;

/* Whether gnuplot can be started. */
bool gnuplot_found(void);
/* The script that draws the picture, data included: to keep, `gnuplot -p FILE` shows it. */
String *gnuplot_script(State *S, const Picture *picture);
/* The picture's bytes. Raises "no-gnuplot" if there is none, "gnuplot-failed" with what it said. */
String *gnuplot_render(State *S, const Picture *picture, PictureFormat format);
/* Opens a window that stays when the program ends. */
void gnuplot_window(State *S, const Picture *picture);

#endif
