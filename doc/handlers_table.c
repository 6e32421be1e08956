/* SPDX-License-Identifier: GPL-3.0-or-later
   Prints the manual's table of handlers, from their registry. */
#include <stdio.h>

#include "runtime/message.h"

static const char *const titles[EFFECTS] = {
    [EFFECT_LATENT] = "@code{~}",      [EFFECT_OBSERVED] = "@code{obs}",   [EFFECT_PARAM] = "@code{param}",
    [EFFECT_PLATE] = "@code{plate}",   [EFFECT_FACTOR] = "@code{factor}", [EFFECT_DETERMINISTIC] = "@code{deterministic}",
};

int main(void) {
    puts("@multitable @columnfractions .16 .14 .14 .14 .14 .14 .14\n@headitem handler");
    for (int k = 0; k < EFFECTS; k++) printf("@tab %s\n", titles[k]);
    for (const HandlerRow *const *row = handler_rows; *row; row++) {
        printf("@item @code{%s}\n", (*row)->name);
        for (int k = 0; k < EFFECTS; k++) printf("@tab %s\n", (*row)->effects[k] ? (*row)->effects[k] : "");
    }
    puts("@end multitable");
    return ferror(stdout) || fflush(stdout);
}
