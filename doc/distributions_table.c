/* SPDX-License-Identifier: GPL-3.0-or-later
   Prints the manual's table of distributions, from their registry: every way to call each, its support, and what it is. */
#include <stdio.h>
#include <string.h>

#include "elbo.h"
#include "runtime/distribution.h"
#include "runtime/state.h"
#include "stdlib/help.h"

static void print_nothing(void *user, const char *text, size_t length) {
    (void)user, (void)text, (void)length;
}

/* With what is special to Texinfo marked; a line's end becomes that of a cell's line. */
static void put(const char *text) {
    for (; *text; text++) {
        if (*text == '\n') {
            if (text[1]) fputs("}@*@code{", stdout);
        } else if (strncmp(text, "…", strlen("…")) == 0) {
            fputs("@dots{}", stdout);
            text += strlen("…") - 1;
        } else {
            if (*text == '@' || *text == '{' || *text == '}') putchar('@');
            putchar(*text);
        }
    }
}

int main(void) {
    elbo_Options options = {.print = print_nothing, .report = print_nothing};
    State *S = elbo_open(&options);
    if (!S) return 1;
    puts("@multitable @columnfractions .4 .22 .38\n@headitem distribution @tab support @tab in words");
    for (const DistributionRow *const *row = distribution_rows; *row; row++) {
        size_t start = text_begin(S);
        help_distribution_calls(S, *row);
        fputs("@item @code{", stdout);
        put(text_at(S, start));
        text_drop(S, start);
        fputs("}\n@tab ", stdout);
        if ((*row)->support) fputs("@code{", stdout);
        put((*row)->support ? (*row)->support : "that of what it is made of");
        fputs((*row)->support ? "}\n@tab " : "\n@tab ", stdout);
        put((*row)->help);
        putchar('\n');
    }
    puts("@end multitable");
    elbo_close(S);
    return ferror(stdout) || fflush(stdout);
}
