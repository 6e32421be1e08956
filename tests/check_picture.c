/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures as text: ticks of axes, dots, what plot makes of its arguments, and that nothing in a label reaches the terminal. */
#include <math.h>

#include "lexer/utf8.h"
#include "plot/picture_text.h"
#include "plot/picture_text_parts.h"
#include "runtime/text.h"
#include "tests/session.h"

/* ---- Axes ---- */

static const struct Ticks {
    double low, high;
    bool log;
    unsigned wanted;
    const char *ticks, *offset;
} ticks_table[] = {
    {0, 1, false, 5, "0 0.2 0.4 0.6 0.8 1.0", ""},
    {0, 10, false, 4, "0 2 4 6 8 10", ""},
    {0, 10, false, 3, "0 5 10", ""},
    {-1, 1, false, 4, "-1.0 -0.5 0 0.5 1.0", ""},
    {-1.3, 17, false, 4, "0 5 10 15", ""},
    {0, 20000, false, 4, "0 5000 10000 15000 20000", ""},
    {1e6, 2e6, false, 4, "1e6 1.2e6 1.4e6 1.6e6 1.8e6 2e6", ""},
    {0, 3e-7, false, 3, "0 1e-7 2e-7 3e-7", ""},
    {41.96, 41.97, false, 5, "41.960 41.962 41.964 41.966 41.968 41.970", ""},
    {41.96483212, 41.96483218, false, 3, "2e-8 4e-8 6e-8 8e-8", "+ 41.9648321"},
    {-41.96483218, -41.96483212, false, 3, "2e-8 4e-8 6e-8 8e-8", "- 41.9648322"},
    {1e9 + 1, 1e9 + 5, false, 4, "1 2 3 4 5", "+ 1000000000"},
    {5, 5, false, 4, "4.6 4.8 5.0 5.2 5.4", ""},
    {0, 0, false, 2, "-1 0 1", ""},
    {1, 1 + 4e-16, false, 2, "0.9 1.0 1.1", ""},
    {-1.7e308, 1.7e308, false, 4, "-1e308 0 1e308", ""},
    {0, 5e-324, false, 2, "-1 0 1", ""},
    {INFINITY, -INFINITY, false, 2, "0 0.5 1.0", ""},
    {1e-6, 1e6, true, 13, "1e-6 1e-5 1e-4 1e-3 1e-2 1e-1 1 1e1 1e2 1e3 1e4 1e5 1e6", ""},
    {1e-6, 1e6, true, 5, "1e-6 1e-3 1 1e3 1e6", ""},
    {1, 1000, true, 4, "1 10 100 1000", ""},
    {1, 100, true, 9, "1 2 5 10 20 50 100", ""},
    {3, 30, true, 3, "5 10 20", ""},
    {41, 43, true, 4, "41.0 41.5 42.0 42.5 43.0", ""},
    {7, 7, true, 3, "5 10", ""},
    {1e-300, 1e300, true, 4, "1e-200 1 1e200", ""},
};

START_TEST(ticks) {
    const struct Ticks *t = &ticks_table[_i];
    PlotAxis axis = plot_axis_of(t->low, t->high, t->log);
    plot_axis_ticks(&axis, t->wanted);
    char text[1000] = "";
    for (unsigned k = 0; k < axis.n_ticks; k++) strcat(strcat(text, k ? " " : ""), axis.ticks[k].text);
    ck_assert_str_eq(text, t->ticks);
    ck_assert_str_eq(axis.offset, t->offset);
    for (unsigned k = 0; k < axis.n_ticks; k++) {
        double place = plot_axis_place(&axis, axis.ticks[k].at);
        ck_assert_msg(place >= -1e-9 && place <= 1 + 1e-9, "the tick %s lies at %g", axis.ticks[k].text, place);
    }
}
END_TEST

/* Whatever the ends: from two to PLOT_TICKS ticks, in ascending order, within them. */
START_TEST(any_ticks) {
    srandom(1);
    for (int round = 0; round < 20000; round++) {
        double low = ldexp((double)random() / 1e9 - 1, (int)(random() % 2000) - 1000), high = low + ldexp((double)random() / 1e9, (int)(random() % 2000) - 1000);
        bool log = random() % 2;
        if (log) low = fabs(low), high = fabs(high);
        if (low > high) low = high;
        PlotAxis axis = plot_axis_of(low, high, log);
        ck_assert(axis.low < axis.high && isfinite(axis.low) && isfinite(axis.high));
        plot_axis_ticks(&axis, 1 + (unsigned)(random() % 16));
        ck_assert_msg(axis.n_ticks >= 2, "%a %a %d", low, high, log);
        for (unsigned k = 0; k < axis.n_ticks; k++) {
            ck_assert_msg(axis.ticks[k].at >= axis.low && axis.ticks[k].at <= axis.high, "%a %a %d", low, high, log);
            ck_assert(!k || axis.ticks[k].at > axis.ticks[k - 1].at);
            ck_assert_msg(strlen(axis.ticks[k].text) > 0 && strlen(axis.ticks[k].text) < 20, "%a %a %s", low, high, axis.ticks[k].text);
        }
    }
}
END_TEST

/* ---- Dots ---- */

static const struct Dots {
    double x0, y0, x1, y1;
    DotPattern pattern;
    const char *cells; /* two columns, one row */
} dots_table[] = {
    {0, 0, 0, 0, {1, 1}, "⠁"},
    {0, 0, 3, 3, {1, 1}, "⠑⢄"},
    {0, 3, 3, 0, {1, 1}, "⡠⠊"},
    {0, 0, 3, 0, {1, 1}, "⠉⠉"},
    {0, 0, 3, 0, {2, 1}, "⠁⠁"},
    {1, 0, 1, 3, {1, 1}, "⢸"},
    {-1e9, 1, 1e9, 1, {1, 1}, "⠒⠒"},
    {-5, 0, -1, 3, {1, 1}, ""},
    {0, -5, 3, -1, {1, 1}, ""},
    {-3, -3, 6, 6, {1, 1}, "⠑⢄"},
    {0, NAN, 3, 0, {1, 1}, ""},
    {0, 0, INFINITY, 0, {1, 1}, ""},
};

START_TEST(dots) {
    const struct Dots *d = &dots_table[_i];
    Session *s = session_new(false);
    State *S = s->state;
    Canvas canvas = canvas_new(S, 2, 1);
    unsigned phase = 0;
    canvas_segment(&canvas, d->x0, d->y0, d->x1, d->y1, d->pattern, &phase, INK_PLAIN);
    TextGrid grid = grid_new(S, 2, 1);
    for (unsigned k = 0; k < 2; k++)
        if (!canvas.cells[k].dots) canvas.cells[k].back = " ";
    canvas_compose(&canvas, &grid, 0, 0);
    size_t start = text_begin(S);
    grid_print(S, &grid, false);
    ck_assert_msg(text_length(S, start) == strlen(d->cells) && memcmp(text_at(S, start), d->cells, strlen(d->cells)) == 0, "%d: %.*s", _i,
                  (int)text_length(S, start), text_at(S, start));
    text_drop(S, start);
    session_close(s);
}
END_TEST

/* ---- Texts ---- */

static const struct Put {
    unsigned width;
    const char *text, *shown;
} puts_table[] = {
    {20, "plain", "plain"},
    {5, "plain", "plain"},
    {4, "plain", "pla…"},
    {1, "plain", "…"},
    {0, "plain", ""},
    {20, "a\033[31mb", "a�[31mb"},
    {20, "a\nb\tc", "a b c"},
    {20, "\302\233" "31m\302\205", "�31m�"},
    {20, "\xff\xc0", "��"},
    {20, "a\xE2\x80\xAE" "b", "a�b"},
    {20, "木木", "木木"},
    {3, "木木", "木…"},
    {2, "木木", "…"},
    {20, "e\u0301x", "e\u0301x"},
    {2, "e\u0301xyz", "e\u0301…"},
    {20, "\u0301x", "x"},
};

START_TEST(puts_texts) {
    const struct Put *p = &puts_table[_i];
    Session *s = session_new(false);
    State *S = s->state;
    TextGrid grid = grid_new(S, 30, 1);
    unsigned used = grid_put(&grid, 0, 0, p->width, p->text, strlen(p->text), INK_PLAIN);
    ck_assert_uint_le(used, p->width);
    size_t start = text_begin(S);
    grid_print(S, &grid, false);
    ck_assert_msg(text_length(S, start) == strlen(p->shown) && memcmp(text_at(S, start), p->shown, strlen(p->shown)) == 0, "%d: %.*s", _i,
                  (int)text_length(S, start), text_at(S, start));
    ck_assert_uint_eq(used, grid_width(p->shown, strlen(p->shown)));
    text_drop(S, start);
    session_close(s);
}
END_TEST

/* ---- Pictures ---- */

static const char *const shown_texts[] = {
    "plot([3])",
    "plot([])",
    "plot([1, 2, missing, 4, nan, 3, inf, 2, 2, -inf, 5])",
    "plot(0..13, 10.0 ^ ((0..13) - 6), log = \"y\", x_label = \"step\", y_label = \"loss\")",
    "plot([-1.7e308, 1.7e308], title = \"\\u{1b}[2J\\u{9b}31m 木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木木\")",
    "plot([41.96483212, 41.96483218], note = \"words and more words and more words and more words and more words and more words and more words and more words and more words\")",
    "plot(histogram(draw(Normal(0, 1), 500), label = \"draws \\u{7}\"), curve(Normal(0, 100), -3, 3, label = \"a\\nb\"), rule(x = [0, 1], label = \"rule\"), rule(y = 3))",
    "plot(bars([\"oak\", \"beech\", \"木木木木木木木木木木木木木木木木\", \"\\u{1b}\"], [3, 5, -2, 4], label = \"trees\"))",
    "n = for k in 0..200 { \"name {k}\" }\nplot(bars(n, 0..200))",
    "plot(errors([1, 2, 3], [2, 4, 6], [0.5, 3, 0], label = \"measured\"), line([1, 3], [2, 6], label = \"two x\"), band([1, 2, 3], [0, 1, 2], 5, label = \"band\"))",
    "plot(errors(0..300, 0..300, 3), log = \"xy\")",
    "plot(line(for k in 0..30 { (0..40) * k }, label = for k in 0..30 { \"layer number {k}\" }))",
    "p = panel(line([1, 2]), title = \"one\")\nplot([p, points([1], [2]), p], title = \"all\")",
    "plot(points(draw(Normal(0, 1), 5000), draw(Normal(0, 1), 5000), label = \"many\"), points(draw(Normal(0, 1), 50), draw(Normal(0, 1), 50), label = \"few\"))",
    "plot(band(0..1000, sin(0..1000), sin(0..1000) + 1), log = \"x\")",
    "plot(line([1, 5, 2, 8]), x_range = [0.5, 1.5], y_range = [100, missing])",
    "plot(fn(x) { if x > 0 { x ^ 2 } else { -x } }, -1, 1)",
    "plot(line([1, missing, 3], label = \"\"), title = \"\", note = \"\")",
    "model m(x) { mu ~ Normal(0, 1); plate data(i in 0..3) { obs x[i] ~ Normal(mu, 1) } }\nplot(graph(m, [1, 2, 3]), title = \"graph\")",
};

/* No line is wider than it may be, no byte reaches the terminal that is no text, and no line ends in a space. */
static void check_shown(const char *text, const char *program, unsigned width, bool colours) {
    unsigned columns = 0;
    size_t length = strlen(text);
    for (size_t k = 0; k < length;) {
        Utf8 found = utf8_decode(text + k, length - k);
        k += found.length;
        if (colours && found.code == 033) {
            size_t n = strspn(text + k, "[0123456789;");
            ck_assert_msg(text[k + n] == 'm', "an escape sequence that is no colour: %s", program);
            k += n + 1;
            continue;
        }
        ck_assert_msg(found.valid && (found.code == '\n' || found.code >= 0x20) && (found.code < 0x7F || found.code >= 0xA0), "%s prints byte %u",
                      program, found.code);
        columns = found.code == '\n' ? 0 : columns + utf8_width(found.code);
        ck_assert_msg(columns <= width, "%s is wider than %u:\n%s", program, width, text);
        ck_assert_msg(found.code != ' ' || (text[k] != '\n' && text[k]), "%s ends a line with a space:\n%s", program, text);
    }
}

START_TEST(shown) {
    static const unsigned widths[] = {1, 24, 31, 40, 80, 119, 120, 121, 1000};
    for (size_t k = 0; k < sizeof widths / sizeof *widths; k++)
        for (int colours = 0; colours < 2; colours++) {
            Session *s = session_new(false);
            s->state->options.width = widths[k];
            s->state->options.colours = colours;
            session_must(s, shown_texts[_i]);
            ck_assert_uint_gt(s->out_length, 0);
            unsigned width = widths[k] < 24 ? 24 : widths[k] > 400 ? 400 : widths[k];
            if (s->out_length < sizeof s->out - 1) check_shown(s->out, shown_texts[_i], width, colours);
            session_is_at_rest(s);
            session_close(s);
        }
}
END_TEST

/* Blocks of their own, and a collection at each safe point. */
START_TEST(collected) {
    Session *s = session_new(true);
    s->collect_often = true;
    session_must(s, shown_texts[_i]);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* Each request of memory fails in turn: one clear error, nothing leaks, and the next picture is whole. */
START_TEST(memory_fails) {
    static const char *const texts[] = {
        "plot(line([1, 2, 3], label = \"a\"), band([0, 2], 1, 2, label = \"b\"), title = \"t\", x_label = \"x\", note = \"n\")",
        "print(panel(histogram([1, 2, 2, 5], label = \"h\"), curve(Normal(2, 1)), rule(x = 2), points([1], [1]), log = \"y\"))",
        "plot([panel(errors([1, 2], [3, 4], 1)), bars([\"p\", \"q\"], [1, -2])], title = \"both\")",
        "plot(fn(x) { x ^ 2 }, 0, 1)\nplot([1, 2], Normal(1, 1))",
    };
    Session *s = session_new(true);
    session_must(s, texts[_i]);
    char *whole = strdup(s->out);
    for (long n = 1;; n++) {
        s->fail_at = s->requests + n;
        elbo_Status status = session_run(s, texts[_i]);
        bool failed = s->requests >= s->fail_at;
        s->fail_at = 0;
        if (failed) ck_assert_msg(status == ELBO_NO_MEMORY, "%s: request %ld: %s", texts[_i], n, s->reports);
        session_is_at_rest(s);
        if (!failed) break;
        if (n % 16 == 0) session_must(s, texts[_i]);
    }
    session_must(s, texts[_i]);
    ck_assert_str_eq(s->out, whole);
    free(whole);
    session_close(s);
}
END_TEST

/* The same picture with and without colours, but for these. */
START_TEST(colours_change_nothing) {
    Session *s = session_new(false);
    const char *text = "plot(line([1, 2, 3], label = \"a\"), line([3, 2, 1], label = \"b\"), title = \"t\")";
    session_must(s, text);
    char *plain = strdup(s->out), bare[sizeof s->out], *to = bare;
    s->state->options.colours = true;
    session_must(s, text);
    ck_assert_ptr_nonnull(strstr(s->out, "\033[38;5;"));
    for (const char *from = s->out; *from; from++) {
        if (*from == 033) from = strchr(from, 'm');
        else *to++ = *from;
    }
    *to = '\0';
    ck_assert_str_eq(bare, plain);
    free(plain);
    session_close(s);
}
END_TEST

/* Like print: in the first step only. */
START_TEST(fits_draw_once) {
    Session *s = session_new(false);
    session_must(s, "model m(x) { mu ~ Normal(0, 1); plot([1, 2]); plate data(i in 0..2) { obs x[i] ~ Normal(mu, 1) } }\n"
                    "guide m(x) { param k = 0; mu ~ Normal(k, 1) }\nfit = svi(m, [1, 2], steps = 3)");
    char *first = strstr(s->out, "└");
    ck_assert_ptr_nonnull(first);
    char *twice = strstr(first + 1, "└");
    ck_assert_msg(!twice || !strstr(twice + 1, "└"), "%s", s->out);
    session_close(s);
}
END_TEST

/* ---- Files ---- */

START_TEST(files) {
    char folder[] = "/tmp/elbo-picture-XXXXXX", program[200], path[100];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    static const struct {
        const char *end, *begins;
    } kinds[] = {{"txt", "2.0 ┤"}, {"TXT", "2.0 ┤"}, {"gp", ""}};
    Session *s = session_new(false);
    s->state->options.colours = true;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        snprintf(path, sizeof path, "%s/p.%s", folder, kinds[k].end);
        snprintf(program, sizeof program, k % 2 ? "plot([1, 2], \"%s\")" : "plot([1, 2], file = \"%s\")", path);
        session_must(s, program);
        ck_assert_uint_eq(s->out_length, 0);
        FILE *file = fopen(path, "rb");
        ck_assert_ptr_nonnull(file);
        char text[4000] = "";
        size_t n = fread(text, 1, sizeof text - 1, file);
        fclose(file);
        ck_assert(n > 100 && text[n - 1] == '\n' && !strchr(text, 033));
        ck_assert_msg(strncmp(text, kinds[k].begins, strlen(kinds[k].begins)) == 0, "%s", text);
        remove(path);
    }
    ck_assert_int_eq(remove(folder), 0);
    session_close(s);
}
END_TEST

/* ---- What cannot be drawn ---- */

static const struct Refused {
    const char *text, *report;
} refused_table[] = {
    {"plot()", "'plot' has nothing to draw [missing-argument]"},
    {"plot(\"x.svg\")", "'plot' has nothing to draw [missing-argument]"},
    {"plot(none)", "'plot' does not draw a none [wrong-type]"},
    {"plot(line([1]), 3)", "'plot' does not draw a picture and a number [wrong-type]"},
    {"plot([line([1]), 3])", "'plot' joins pictures, and this is a number [wrong-type]"},
    {"plot([[line([1])]])", "'plot' joins pictures, and this is a list [wrong-type]"},
    {"plot([1, 2], [1, 2, 3])", "as many elements of 'x' as of 'y': there are 2 and 3 [shape-mismatch]"},
    {"plot([1, 2, 3], [[1, 2], [3, 4]])", "as many elements of 'x' as of each row of 'y': there are 3 and 2 [shape-mismatch]"},
    {"plot([1, -2], log = \"y\")", "the y axis is logarithmic, and a layer has the number -2 there [bad-argument]"},
    {"panel(line([1, -2], label = \"loss\"), log = \"xy\")", "the y axis is logarithmic, and 'loss' has the number -2 there [bad-argument]"},
    {"print(panel(line([0, 0]), log = \"y\"))", "no number there is above zero [bad-argument]"},
    {"plot([1, 2], log = \"z\")", "does not know the logarithmic axes 'z' [bad-argument]"},
    {"plot([1, 2], log = true)", "takes a string for 'log', not a boolean [wrong-type]"},
    {"plot([1, 2], x_range = [2, 1])", "takes two numbers, the lower one first, for 'x_range' [bad-argument]"},
    {"plot([1, 2], y_range = 3)", "takes two numbers, the lower one first, for 'y_range' [bad-argument]"},
    {"plot([1, 2], y_range = [0, 1], log = \"y\")", "the range 'y_range' of 'plot' is not positive, and the axis is logarithmic [bad-argument]"},
    {"plot([1, 2], title = 3)", "takes a string for 'title', not a number [wrong-type]"},
    {"plot([1, 2], columns = 0)", "the number of columns"},
    {"plot([1, 2], \"picture.jpeg\")", "the name 'picture.jpeg' does not say what kind of file is wanted [bad-argument]"},
    {"plot([1, 2], \".svg\")", "the name '.svg' does not say what kind of file is wanted [bad-argument]"},
    {"plot([1, 2], \"a.dot\")", "only graphs of models can be written as .dot [bad-argument]"},
    {"plot([1, 2], \"/no/such/folder/a.txt\")", "[not-written]"},
    {"plate p(i in 0..3) { plot([1, i]) }", "'plot' draws one picture, and 'y' differs between the elements of a plate [lanes-differ]"},
    {"line(\"a\")", "'line' takes a vector of numbers, or a matrix with a row for each line, for 'y', not a string [wrong-type]"},
    {"line([[1, 2], [3, 4]], label = [\"a\"])", "'line' has 1 labels for 2 rows [shape-mismatch]"},
    {"band([1, 2], [1, 2, 3], 4)", "one element of 'low' for each point: it has 3, and there are 2 points [shape-mismatch]"},
    {"errors([1, 2], 1, [1, -1])", "'errors' takes no negative 'spread' [bad-argument]"},
    {"bars([\"a\", 2], [1, 2])", "'bars' takes a vector of numbers, or a list of names, for 'x', not a number [wrong-type]"},
    {"bars([\"a\"], [1, 2])", "'bars' has 1 names for 2 bars [shape-mismatch]"},
    {"rule()", "'rule' takes 'x' or 'y' [bad-argument]"},
    {"rule(1, 2)", "'rule' takes 'x' or 'y' [bad-argument]"},
    {"panel(panel(line([1])))", "'panel' takes layers, and this is a picture of a whole panel [bad-argument]"},
    {"panel(3)", "'panel' takes layers, such as line(x, y), for 'layers', not a number [wrong-type]"},
    {"histogram([nan, missing])", "there is no finite number among them [bad-argument]"},
    {"histogram([1, 2], bins = 0)", "the number of bins"},
    {"histogram([-1.7e308, 1.7e308])", "too far apart for a histogram [bad-argument]"},
    {"curve(sin)", "wants to know where it begins and ends [missing-argument]"},
    {"curve(sin, 1, 1)", "two finite numbers, the lower one first, for 'from' and 'to' [bad-argument]"},
    {"curve(sin, 0, inf)", "two finite numbers, the lower one first, for 'from' and 'to' [bad-argument]"},
    {"curve(sin, 0, 1, log = true)", "cannot space points logarithmically from 0 on [bad-argument]"},
    {"curve(fn(x) { [[x, 1], [1, 1]] }, 0, 1)", "takes a function of a number that returns a number [wrong-type]"},
    {"curve(MultivariateNormal([0, 0], [[1, 0], [0, 1]]))", "'curve' takes a distribution of numbers [wrong-type]"},
    {"curve(3, 0, 1)", "'curve' takes a function or a distribution for 'f', not a number [wrong-type]"},
};

START_TEST(refused) {
    const struct Refused *r = &refused_table[_i];
    Session *s = session_new(false);
    ck_assert_msg(session_run(s, r->text) == ELBO_RUNTIME_ERROR, "%s is drawn", r->text);
    ck_assert_msg(strstr(s->reports, r->report), "%s\nreports\n%s\nand not\n%s", r->text, s->reports, r->report);
    ck_assert_uint_eq(s->out_length, 0);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

#define ADD_LOOP(name, table)                                                                                           \
    do {                                                                                                                \
        TCase *name##_case = tcase_create(#name);                                                                       \
        tcase_set_timeout(name##_case, 120);                                                                            \
        tcase_add_loop_test(name##_case, name, 0, (int)(sizeof table / sizeof *table));                                 \
        suite_add_tcase(suite, name##_case);                                                                            \
    } while (0)

int main(void) {
    Suite *suite = suite_create("picture");
    ADD_LOOP(ticks, ticks_table);
    ADD_LOOP(dots, dots_table);
    ADD_LOOP(puts_texts, puts_table);
    ADD_LOOP(shown, shown_texts);
    ADD_LOOP(collected, shown_texts);
    ADD_LOOP(refused, refused_table);
    TCase *faults = tcase_create("faults");
    tcase_set_timeout(faults, 240);
    tcase_add_loop_test(faults, memory_fails, 0, 4);
    suite_add_tcase(suite, faults);
    TCase *others = tcase_create("others");
    tcase_add_test(others, any_ticks);
    tcase_add_test(others, colours_change_nothing);
    tcase_add_test(others, fits_draw_once);
    tcase_add_test(others, files);
    suite_add_tcase(suite, others);
    return session_run_suite(suite);
}
