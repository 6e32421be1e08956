/* SPDX-License-Identifier: GPL-3.0-or-later
   Colours, widths and sizes of pictures: one look for all of them. */
#ifndef ELBO_PLOT_PALETTE_H
#define ELBO_PLOT_PALETTE_H

/* Series, as RRGGBB, in an order in which neighbours differ for everybody (Okabe and Ito, Color universal design, 2008; without
   yellow and black, which are hard to see on white or taken). Further series repeat them with other dashes. */
enum { PALETTE_SERIES = 6 };
#define PALETTE_COLOURS {"0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9"}

#define PALETTE_DATA "7F7F7F"      /* what was observed */
#define PALETTE_REFERENCE "1A1A1A" /* truth and targets */
#define PALETTE_AXIS "808080"
#define PALETTE_GRID "E8E8E8"
#define PALETTE_TEXT "262626"
#define PALETTE_QUIET "4D4D4D"     /* numbers on axes, notes */
#define PALETTE_PAPER "FFFFFF"
#define PALETTE_OBSERVED "D9D9D9"  /* shapes that are filled */

/* Transparency in front of RRGGBB: 00 hides what is behind, FF is invisible. */
#define PALETTE_AREA "C0"  /* bands */
#define PALETTE_BARS "58"
#define PALETTE_FAINT "B0" /* one of many */
#define PALETTE_CROWD "90" /* points that lie upon each other */

#define PALETTE_FONT "sans-serif"
/* Sizes of letters, and widths of lines, in pixels at 96 to the inch. */
#define PALETTE_LETTERS 12
#define PALETTE_TITLE 13
#define PALETTE_HEADING 15
#define PALETTE_LINE 1.8
#define PALETTE_THIN 1.0

#endif
