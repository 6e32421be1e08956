/* SPDX-License-Identifier: GPL-3.0-or-later
   Prints and reports, in order. */
#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

static void note_failure(Output *output) {
    if (!output->failed) output->failed = errno ? errno : EIO;
}

void output_print(void *user, const char *text, size_t length) {
    Output *output = user;
    progress_bar_clear(&output->bar);
    if (output->aside) {
        fwrite(text, 1, length, stderr);
        return;
    }
    errno = 0;
    if (!output->failed && fwrite(text, 1, length, stdout) == length) return;
    note_failure(output);
    /* The program would go on for nobody. */
    output->stopped = true;
    if (output->state) elbo_interrupt(output->state);
}

void output_report(void *user, const char *text, size_t length) {
    Output *output = user;
    if (output->stopped) return;
    errno = 0;
    if (!output->failed && fflush(stdout) != 0) note_failure(output);
    progress_bar_clear(&output->bar);
    if (output->colours.on || output->colours.wraps) report_coloured(&output->colours, text, length);
    else fwrite(text, 1, length, stderr);
}

void output_complaint(const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        bool two = *c == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0;
        c += two;
        fputc(two || (*c < 0x20 && *c != '\n') || *c == 0x7F ? '?' : *c, stderr);
    }
}

void output_progress(void *user, const elbo_Progress *progress) {
    Output *output = user;
    if (progress->ended) progress_bar_clear(&output->bar);
    else progress_bar_show(&output->bar, progress);
}

int output_close(Output *output, int status) {
    progress_bar_clear(&output->bar);
    errno = 0;
    if (!output->failed && (fflush(stdout) != 0 || ferror(stdout))) note_failure(output);
    if (!output->failed) return status;
    if (output->failed != EPIPE) fprintf(stderr, "elbo: the output could not be written: %s\n", strerror(output->failed));
    if (status != EXIT_SUCCESS && !output->stopped) return status;
    return output->failed == EPIPE ? EXIT_PIPE : EXIT_RUNTIME;
}
