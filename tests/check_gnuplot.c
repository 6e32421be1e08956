/* SPDX-License-Identifier: GPL-3.0-or-later
   Pictures by gnuplot: what scripts say, texts that would like to be commands, and programs called gnuplot that misbehave. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "plot/gnuplot_parts.h"
#include "plot/gnuplot_run.h"
#include "plot/report_parts.h"
#include "runtime/error.h"
#include "runtime/text.h"
#include "tests/session.h"

/* ---- Pictures ---- */

static Panel *one_panel(State *S, Picture *picture) {
    (void)S;
    return picture->n_panels ? &picture->panels[0] : picture_panel(S, picture);
}

static void rising(State *S, Panel *p, const char *label) {
    double x[50], y[50];
    for (int k = 0; k < 50; k++) x[k] = y[k] = k;
    panel_points(S, p, MARK_LINE, label, 50, x, y);
}

static void draw_line(State *S, Picture *picture) { rising(S, one_panel(S, picture), "it's a line"); }

static void draw_falling(State *S, Picture *picture) {
    double x[50], y[50];
    for (int k = 0; k < 50; k++) x[k] = k, y[k] = -k;
    panel_points(S, one_panel(S, picture), MARK_LINE, "down", 50, x, y);
}

static void draw_everywhere(State *S, Picture *picture) {
    double x[400], y[400];
    for (int k = 0; k < 400; k++) x[k] = k % 20, y[k] = k / 20;
    panel_points(S, one_panel(S, picture), MARK_POINTS, "all over", 400, x, y);
}

static void draw_rules(State *S, Picture *picture) {
    double at[2] = {1, 2};
    panel_points(S, one_panel(S, picture), MARK_RULE_X, "here", 2, at, NULL)->colour = COLOUR_REFERENCE;
    panel_points(S, one_panel(S, picture), MARK_RULE_Y, NULL, 2, NULL, at);
}

static void draw_log(State *S, Picture *picture) {
    double x[4] = {0, 1, 10, 1e6}, y[4] = {1, 1e-6, -3, 1};
    panel_points(S, one_panel(S, picture), MARK_LINE, NULL, 4, x, y);
    picture->panels[0].log_x = picture->panels[0].log_y = true;
}

static void draw_gap(State *S, Picture *picture) {
    double x[5] = {1, 2, NAN, 4, 5}, y[5] = {1, 2, 3, INFINITY, 5};
    y[3] = missing_number();
    panel_points(S, one_panel(S, picture), MARK_LINE, NULL, 5, x, y);
}

static void draw_band(State *S, Picture *picture) {
    double x[3] = {1, 2, 3}, low[3] = {1, 1, 1}, high[3] = {2, NAN, 4};
    panel_points(S, one_panel(S, picture), MARK_BAND, "between", 3, x, low)->y2 = array_vector(S, 3, high);
}

static void draw_two(State *S, Picture *picture) {
    rising(S, picture_panel(S, picture), NULL);
    rising(S, picture_panel(S, picture), NULL);
    picture->title = string_of(S, "two");
}

static void draw_constant(State *S, Picture *picture) {
    double x[3] = {1, 2, 3}, y[3] = {5, 5, 5};
    panel_points(S, one_panel(S, picture), MARK_LINE, NULL, 3, x, y);
}

static void draw_large(State *S, Picture *picture) {
    double x[2] = {0, 1}, y[2] = {2e8, 3e8};
    panel_points(S, one_panel(S, picture), MARK_LINE, NULL, 2, x, y);
}

static void draw_graph(State *S, Picture *picture) {
    Panel *p = one_panel(S, picture);
    p->bare = true;
    panel_shape(S, p, SHAPE_ELLIPSE, 0, 0, 1, 0.5, "mu");
    panel_shape(S, p, SHAPE_ELLIPSE, 0, -3, 1, 0.5, "x")->filled = true;
    panel_shape(S, p, SHAPE_ARROW, 0, 0, 0, -3, NULL);
    panel_shape(S, p, SHAPE_BOX, 0, -3, 2, 1, "data")->low_text = true;
}

static void draw_nothing(State *S, Picture *picture) {
    (void)S;
    (void)picture;
}

static void draw_names(State *S, Picture *picture) {
    Panel *p = one_panel(S, picture);
    double x[2] = {0, 1}, y[2] = {1, 2};
    panel_points(S, p, MARK_POINTS, NULL, 2, x, y);
    p->x_names = memory_new(S, 2 * sizeof *p->x_names);
    p->n_x_names = 2;
    p->x_names[0] = string_of(S, "100 %d");
    p->x_names[1] = string_of(S, "b");
}

static void draw_huge(State *S, Picture *picture) {
    double x[4] = {1, 2, 1e308, -1e308}, y[4] = {1, 2, 1e308, -1e308};
    panel_points(S, one_panel(S, picture), MARK_LINE, NULL, 4, x, y);
}

static const struct {
    const char *name;
    void (*draw)(State *S, Picture *picture);
    const char *has, *lacks; /* of the script; NULL: anything */
} scripts[] = {
    {"a quote is no quote of gnuplot's", draw_line, "title 'it'.\"\\047\".'s a line' noenhanced", "it's"},
    {"the key stands where no data are: above a rising line", draw_line, "inside left top", NULL},
    {"and above a falling one", draw_falling, "inside right top", NULL},
    {"and outside where they are everywhere", draw_everywhere, "bmargin center", "inside"},
    {"a colour for the first series", draw_line, "#0072B2", NULL},
    {"references are dashed and black", draw_rules, "lc rgb '#1A1A1A' lw 1.4 dt 2", NULL},
    {"rules go through the whole panel", draw_rules, "\n1 0.95 0 1.1\n", NULL},
    {"logarithmic axes", draw_log, "set logscale x 10", NULL},
    {"their ticks are powers", draw_log, "'10⁻⁶' 1e-06", NULL},
    {"and what has no logarithm is a gap", draw_log, "1 1e-06\n\n1000000 1\n", "-3"},
    {"gaps are empty lines", draw_gap, "1 1\n2 2\n\n5 5\n", "NaN\n"},
    {"also of bands", draw_band, "1 1 2\n\n3 1 4\n", NULL},
    {"one panel needs no grid", draw_line, NULL, "multiplot"},
    {"two do", draw_two, "set multiplot layout 1,2 title 'two' noenhanced", NULL},
    {"a constant has room around it", draw_constant, "[4.5:5.5]", NULL},
    {"large numbers have powers", draw_large, "'2.4×10⁸' 240000000", NULL},
    {"arrows end at ellipses", draw_graph, "set arrow from 0,-0.5 to 0,-2.5 head", NULL},
    {"units are equal", draw_graph, "set size ratio -1", "set xtics"},
    {"what is observed is grey", draw_graph, "fillcolor rgb '#D9D9D9'", NULL},
    {"a picture of nothing says so", draw_nothing, "'no data'", NULL},
    {"formats of ticks are literal", draw_names, "'100 %%d' 0", NULL},
    {"numbers beyond any picture are left out", draw_huge, "1 1\n2 2\n", "308"},
};

START_TEST(script_of_a_picture) {
    Session *s = session_new(false);
    State *S = s->state;
    Picture *picture = picture_new(S);
    scripts[_i].draw(S, picture);
    const String *script = gnuplot_script(S, picture);
    if (scripts[_i].has) ck_assert_msg(strstr(script->text, scripts[_i].has), "%s: the script lacks %s\n%s", scripts[_i].name, scripts[_i].has, script->text);
    if (scripts[_i].lacks) ck_assert_msg(!strstr(script->text, scripts[_i].lacks), "%s: the script has %s\n%s", scripts[_i].name, scripts[_i].lacks, script->text);
    session_close(s);
}
END_TEST

/* Many points are thinned to what can be seen; the highest of a line stays. */
START_TEST(many_points) {
    Session *s = session_new(false);
    State *S = s->state;
    size_t n = 300000;
    double *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y);
    for (size_t k = 0; k < n; k++) x[k] = (double)k, y[k] = sin((double)k * 1.7) + (k == 154321 ? 7.25 : 0);
    double y2 = y[154321];
    static const MarkKind marks[] = {MARK_LINE, MARK_POINTS, MARK_BAND, MARK_BARS, MARK_ERRORS, MARK_RULE_X};
    for (unsigned m = 0; m < sizeof marks / sizeof *marks; m++) {
        for (int shuffled = 0; shuffled < 2; shuffled++) {
            Picture *picture = picture_new(S);
            Layer *l = panel_points(S, picture_panel(S, picture), marks[m], "all", n, x, y);
            for (size_t k = 0; shuffled && k < n; k++) l->x->data[k] = (double)(k * 7919 % n);
            l->x2 = array_vector(S, n, x);
            l->y2 = array_vector(S, n, x);
            for (size_t k = 0; k < n; k++) l->x2->data[k] = l->x->data[k] + 1, l->y2->data[k] = 0.5;
            const String *script = gnuplot_script(S, picture);
            ck_assert_msg(script->length < 3000000, "mark %u takes %zu bytes", m, script->length);
            char number[40];
            snprintf(number, sizeof number, " %.12g\n", y2);
            if (marks[m] == MARK_LINE && !shuffled) ck_assert_ptr_nonnull(strstr(script->text, number));
        }
    }
    free(x);
    free(y);
    session_close(s);
}
END_TEST

/* ---- An empty folder to stand in ---- */

static char folder[] = "/tmp/elbo-check-XXXXXX";

static void enter_folder(void) {
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

/* How many files are there; the last one's name. */
static unsigned files(char name[256]) {
    DIR *here = opendir(".");
    unsigned n = 0;
    ck_assert_ptr_nonnull(here);
    for (struct dirent *entry; (entry = readdir(here));) {
        if (entry->d_name[0] == '.' && (!entry->d_name[1] || entry->d_name[1] == '.')) continue;
        snprintf(name, 256, "%s", entry->d_name);
        n++;
    }
    closedir(here);
    return n;
}

static void write_program(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    ck_assert_int_eq(chmod(path, 0755), 0);
}

static void leave_folder(void) {
    char name[256];
    while (files(name)) ck_assert_int_eq(remove(name), 0);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}

static unsigned open_files(void) {
    unsigned n = 0;
    for (int fd = 0; fd < 256; fd++) n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* ---- Drawing ---- */

typedef struct Drawing {
    Picture *picture;
    PictureFormat format;
    const String *bytes;
} Drawing;

static void draw_protected(State *S, void *what) {
    Drawing *d = what;
    d->bytes = gnuplot_render(S, d->picture, d->format);
}

static const String *must_draw(State *S, Picture *picture, PictureFormat format) {
    Drawing d = {picture, format, NULL};
    ck_assert_msg(error_protect(S, draw_protected, &d), "%s", S->error.diagnostic.message);
    return d.bytes;
}

/* ---- Texts that would like to be commands ---- */

static const struct {
    const char *text;
    size_t length;      /* 0: up to its NUL */
    const char *shown;  /* what stands in the SVG; NULL: only that nothing happens */
} hostile[] = {
    {"'; system(\"touch pwned\"); '", 0, "'; system(\"touch pwned\"); '"},
    {"it's @GPVAL_TERM 'and' `touch pwned` # \"", 0, "it's @GPVAL_TERM 'and' `touch pwned` # \""},
    {"''''", 0, "''''"},
    {"'", 0, NULL},
    {"''' . system(\"touch pwned\") . '''", 0, "''' . system(\"touch pwned\") . '''"},
    {"x'''; system(\"touch pwned\")", 0, "x'''; system(\"touch pwned\")"},
    {"\"'\"; system('touch pwned')", 0, "\"'\"; system('touch pwned')"},
    {"\"; system('touch pwned'); \"", 0, "\"; system('touch pwned'); \""},
    {"''; system(\"touch pwned\") #", 0, "''; system(\"touch pwned\") #"},
    {"`touch pwned`", 0, "`touch pwned`"},
    {"\"`touch pwned`\"", 0, "\"`touch pwned`\""},
    {"$(touch pwned)", 0, "$(touch pwned)"},
    {"'.system('touch pwned').'", 0, "'.system('touch pwned').'"},
    {"a\n!touch pwned\nb", 0, "a !touch pwned b"},
    {"a\r\nsystem \"touch pwned\"\r\nb", 0, "a  system \"touch pwned\"  b"},
    {"a\nEOD\n!touch pwned\n", 0, "a EOD !touch pwned"},
    {"a\xE2\x80\xA8!touch pwned", 0, "a !touch pwned"},
    {"a\xC2\x85!touch pwned", 0, "a !touch pwned"},
    {"@touch", 0, "@touch"},
    {"@ARG1 $panel1_1 ARGV[1]", 0, "@ARG1 $panel1_1 ARGV[1]"},
    {"back\\", 0, "back\\"},
    {"\\'; system(\"touch pwned\") #", 0, "\\'; system(\"touch pwned\") #"},
    {"\\n\\t\\101", 0, "\\n\\t\\101"},
    {"%s%n%d%%5000s", 0, "%s%n%d%%5000s"},
    {"{/Symbol a}^2_3 ~a{b}", 0, "{/Symbol a}^2_3 ~a{b}"},
    {"<script>alert(1)</script>", 0, "&lt;script&gt;alert(1)&lt;/script&gt;"},
    {"&lt; &#60; &amp;", 0, "&amp;lt; &amp;#60; &amp;amp;"},
    {"]]> <!-- --> <![CDATA[", 0, "]]&gt; &lt;!-- --&gt; &lt;![CDATA["},
    {"a' id='gpPt5' url(#x", 0, "a' id='gpPt5' url(#x"},
    {"columnheader(1)", 0, "columnheader(1)"},
    {"|touch pwned", 0, "|touch pwned"},
    {"< touch pwned", 0, "&lt; touch pwned"},
    {"\xFF\xFE broken \xC3", 0, "\xEF\xBF\xBD\xEF\xBF\xBD broken \xEF\xBF\xBD"},
    {"\xED\xA0\x80 surrogate", 0, NULL},
    {"no\xEF\xBF\xBF character", 0, "no\xEF\xBF\xBD character"},
    {"nul\0!touch pwned", 16, "nul !touch pwned"},
    {"\x1B[31mred\x1B]0;x\x07", 0, "[31mred ]0;x"},
    {"\xE2\x80\xAE turned", 0, "\xEF\xBF\xBD turned"},
    {"#", 0, "#"},
    {";", 0, NULL},
    {" ", 0, NULL},
    {"", 0, NULL},
    {"日本語 ÄÖÜ 🙂", 0, "日本語 ÄÖÜ 🙂"},
};

enum { PLACES = 8 };

/* The text in every place that a picture has for one. */
static Picture *hostile_picture(State *S, const char *text, size_t length) {
    String *t = string_new(S, text, length);
    Picture *picture = picture_new(S);
    picture->title = t;
    Panel *p = picture_panel(S, picture);
    double x[3] = {0, 1, 2}, y[3] = {0, 1, 4};
    p->title = p->x_label = p->y_label = p->note = t;
    panel_points(S, p, MARK_LINE, NULL, 3, x, y)->label = t;
    panel_shape(S, p, SHAPE_TEXT, 1, 1, 0, 0, NULL)->text = t;
    p->x_names = memory_new(S, sizeof *p->x_names);
    p->n_x_names = 1;
    p->x_names[0] = t;
    return picture;
}

static unsigned occurrences(const char *text, const char *word) {
    unsigned n = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word)) n++;
    return n;
}

/* The script without its strings. Those in single quotes end at the next one and are followed by no other, as gnuplot has rules of its
   own for that; those in double quotes are ours. Nothing may be open at the end of a line. */
static void unquoted(const char *script, char *out) {
    for (const char *c = script; *c; c++) {
        if (*c == '\'') {
            c += 1 + strcspn(c + 1, "'\n");
            ck_assert_msg(*c == '\'' && c[1] != '\'', "%.100s", c);
        } else if (*c == '"') {
            ck_assert_msg(strncmp(c, "\"\\n\"", 4) == 0 || strncmp(c, "\"\\047\"", 6) == 0, "%.100s", c);
            c += c[2] == 'n' ? 3 : 5;
        } else if (c == script || c[-1] == '\n') {
            if (*c == '#') c += strcspn(c, "\n");
            *out++ = *c;
        } else *out++ = *c;
    }
    *out = '\0';
}

/* What stands outside of quotes is the same whatever the texts are. */
START_TEST(texts_stay_in_quotes) {
    Session *s = session_new(false);
    State *S = s->state;
    size_t length = hostile[_i].length ? hostile[_i].length : strlen(hostile[_i].text);
    const String *script = gnuplot_script(S, hostile_picture(S, hostile[_i].text, length));
    char *bare = malloc(script->length + 1);
    unquoted(script->text, bare);
    ck_assert_msg(!strstr(bare, "pwned") && !strstr(bare, "ystem") && !strchr(bare, '`') && !strchr(bare, '@') && !strchr(bare, '!'), "%s", bare);
    /* Data blocks end where they should, and nowhere else. */
    ck_assert_uint_eq(occurrences(bare, "\nEOD\n"), 1);
    free(bare);
    session_close(s);
}
END_TEST

START_TEST(texts_are_only_shown) {
    if (!gnuplot_found()) return;
    Session *s = session_new(false);
    State *S = s->state;
    char name[256];
    enter_folder();
    size_t length = hostile[_i].length ? hostile[_i].length : strlen(hostile[_i].text);
    Picture *picture = hostile_picture(S, hostile[_i].text, length);
    const String *svg = must_draw(S, picture, PICTURE_SVG);
    ck_assert_msg(files(name) == 0, "there is a file '%s' now", name);
    ck_assert_ptr_null(strstr(svg->text, "<script"));
    if (hostile[_i].shown) {
        unsigned n = occurrences(svg->text, hostile[_i].shown);
        ck_assert_msg(n >= PLACES - 1, "'%s' stands in %u places\n%s", hostile[_i].shown, n, svg->text);
    }
    if (_i % 8 == 0) must_draw(S, picture, PICTURE_PNG);
    if (_i % 8 == 0) must_draw(S, picture, PICTURE_PDF);
    ck_assert_msg(files(name) == 0, "there is a file '%s' now", name);
    leave_folder();
    session_close(s);
}
END_TEST

/* A text of ten thousand letters is cut, and a wide one takes no more room than there is. */
START_TEST(long_texts) {
    Session *s = session_new(false);
    State *S = s->state;
    char *text = malloc(10001);
    static const char *const letters[] = {"x", "W", "'", "%", "a b "};
    for (unsigned k = 0; k < sizeof letters / sizeof *letters; k++) {
        size_t n = strlen(letters[k]);
        for (size_t j = 0; j < 10000; j++) text[j] = letters[k][j % n];
        Picture *picture = hostile_picture(S, text, 10000);
        const String *script = gnuplot_script(S, picture);
        ck_assert_uint_lt(script->length, 50000);
        ck_assert_ptr_nonnull(strstr(script->text, "…"));
        if (gnuplot_found()) ck_assert_uint_gt(must_draw(S, picture, PICTURE_SVG)->length, 1000);
    }
    free(text);
    session_close(s);
}
END_TEST

/* ---- Programs called gnuplot ---- */

static const struct {
    const char *program;
    int end;
    const char *message; /* part of what is kept; NULL: anything */
} fakes[] = {
    {"cat >/dev/null; echo picture", GNUPLOT_DONE, ""},
    {"echo picture", GNUPLOT_DONE, NULL},
    {"exec <&-; sleep 0.1; echo picture", GNUPLOT_DONE, NULL},
    {"echo 'line 3: oh dear' >&2; exit 1", GNUPLOT_FAILED, "oh dear"},
    {"kill -SEGV $$", GNUPLOT_FAILED, NULL},
    {"while :; do sleep 100; done", GNUPLOT_TOO_LONG, NULL},
    {"trap '' TERM INT HUP; exec >&- 2>&-; while :; do sleep 100; done", GNUPLOT_TOO_LONG, NULL},
    {"sleep 20 & echo picture", GNUPLOT_DONE, NULL},
    {"cat >/dev/null; dd if=/dev/zero bs=1000 count=20000 2>/dev/null | tr '\\0' x >&2; echo picture", GNUPLOT_DONE, "xxxx"},
    {"dd if=/dev/zero bs=1000 count=20000 2>/dev/null", GNUPLOT_TOO_MUCH, NULL},
    {"printf 'a\\000b' >&2; exit 2", GNUPLOT_FAILED, "a b"},
};

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fake(const char *program) {
    char text[1000];
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", program);
    write_program("gnuplot", text);
}

static GnuplotRun run_fake(State *S, const char *script, size_t length, double limit) {
    char path[300];
    snprintf(path, sizeof path, "%s/gnuplot", folder);
    GnuplotRun run = {.script = script, .length = length, .seconds = limit, .most = 1000000};
    size_t start = text_begin(S);
    gnuplot_run(S, path, &run);
    if (run.end == GNUPLOT_DONE) ck_assert_str_eq(text_at(S, start), "picture\n");
    else ck_assert_uint_eq(text_length(S, start), 0);
    text_drop(S, start);
    return run;
}

START_TEST(programs_that_misbehave) {
    Session *s = session_new(false);
    size_t length = 5000000; /* more than any pipe holds */
    char *script = malloc(length);
    memset(script, 'x', length);
    enter_folder();
    fake(fakes[_i].program);
    signal(SIGPIPE, SIG_DFL); /* would end the test */
    unsigned before = open_files();
    double start = seconds();
    GnuplotRun run = run_fake(s->state, script, length, fakes[_i].end == GNUPLOT_TOO_LONG ? 0.5 : 30);
    ck_assert_msg((int)run.end == fakes[_i].end, "%s ends with %d, not %d: %s", fakes[_i].program, (int)run.end, fakes[_i].end, run.messages);
    if (fakes[_i].message) ck_assert_msg(strstr(run.messages, fakes[_i].message), "%s", run.messages);
    ck_assert_msg(seconds() - start < 20, "it took %g seconds", seconds() - start);
    ck_assert_uint_eq(open_files(), before);
    ck_assert(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
    leave_folder();
    free(script);
    session_close(s);
}
END_TEST

static State *interrupted_state;

static void on_alarm(int number) {
    (void)number;
    elbo_interrupt(interrupted_state);
}

START_TEST(an_interrupt_ends_it) {
    Session *s = session_new(false);
    interrupted_state = s->state;
    enter_folder();
    fake("while :; do sleep 100; done");
    signal(SIGALRM, on_alarm);
    alarm(1);
    double start = seconds();
    GnuplotRun run = run_fake(s->state, "plot", 4, 60);
    ck_assert_int_eq((int)run.end, GNUPLOT_INTERRUPTED);
    ck_assert(seconds() - start < 20);
    ck_assert(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
    leave_folder();
    session_close(s);
}
END_TEST

/* Descriptors of the host that are not for children, and a host that has closed its own standard ones. */
START_TEST(descriptors) {
    Session *s = session_new(false);
    for (int fd = 3; fd < 256; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC); /* those of the test's own frame */
    enter_folder();
    fake("cat >/dev/null; for f in 3 4 5 6 7 8 9; do if [ -e /proc/self/fd/$f ] && (: >&$f) 2>/dev/null; then echo open $f >&2; exit 1; fi; done; echo picture");
    GnuplotRun run = run_fake(s->state, "plot", 4, 30);
    int end = (int)run.end, saved[3];
    for (int k = 0; k < 3; k++) saved[k] = fcntl(k, F_DUPFD_CLOEXEC, 20), close(k);
    fake("cat >/dev/null; echo picture");
    run = run_fake(s->state, "plot", 4, 30);
    for (int k = 0; k < 3; k++) dup2(saved[k], k), close(saved[k]);
    ck_assert_int_eq(end, GNUPLOT_DONE);
    ck_assert_int_eq((int)run.end, GNUPLOT_DONE);
    leave_folder();
    session_close(s);
}
END_TEST

/* A program beside the script is not gnuplot, whatever PATH says of the current folder. */
START_TEST(where_it_is_looked_for) {
    char path[GNUPLOT_PATH], full[300], *old = strdup(getenv("PATH"));
    enter_folder();
    fake("touch pwned");
    static const char *const relative[] = {"", ".", ":", "::", ".:", ":.", "./", "../tmp", "bin", "::.::bin:"};
    for (unsigned k = 0; k < sizeof relative / sizeof *relative; k++) {
        setenv("PATH", relative[k], 1);
        ck_assert_msg(!gnuplot_find(path), "PATH=%s finds %s", relative[k], path);
        ck_assert(!gnuplot_found());
    }
    snprintf(full, sizeof full, "%s/gnuplot", folder);
    setenv("PATH", folder, 1);
    ck_assert(gnuplot_find(path));
    ck_assert_str_eq(path, full);
    ck_assert_int_eq(chmod("gnuplot", 0644), 0);
    ck_assert(!gnuplot_find(path) || geteuid() == 0);
    ck_assert_int_eq(remove("gnuplot"), 0);
    ck_assert_int_eq(mkdir("gnuplot", 0755), 0);
    ck_assert(!gnuplot_find(path));
    setenv("PATH", old, 1);
    free(old);
    leave_folder();
}
END_TEST

typedef struct Attempt {
    PictureFormat format;
    bool window;
} Attempt;

static void attempt(State *S, void *what) {
    const Attempt *a = what;
    Picture *picture = picture_new(S);
    draw_line(S, picture);
    if (a->window) gnuplot_window(S, picture);
    else gnuplot_render(S, picture, a->format);
}

static const struct {
    const char *program; /* NULL: there is none */
    bool window, display;
    const char *kind;
} refusals[] = {
    {NULL, false, false, "no-gnuplot"},
    {NULL, true, true, "no-gnuplot"},
    {"echo nonsense", false, false, "gnuplot-failed"},
    {"printf '<?xml <svg'", false, false, "gnuplot-failed"},
    {"exit 1", false, false, "gnuplot-failed"},
    {"exit 0", false, false, "gnuplot-failed"},
    {"exit 0", true, false, "no-window"},
    {"exit 3", true, true, "no-window"},
    {"exit 1", true, true, "gnuplot-failed"},
    {"cat >/dev/null", true, true, NULL},
    {"cat >/dev/null; printf '<?xml <svg> </svg>\\n'", false, false, NULL},
};

START_TEST(what_is_raised) {
    Session *s = session_new(false);
    char *old = strdup(getenv("PATH")), path[1000];
    enter_folder();
    if (refusals[_i].program) fake(refusals[_i].program);
    snprintf(path, sizeof path, "%s%s%s", folder, refusals[_i].program ? ":" : "", refusals[_i].program ? old : "");
    setenv("PATH", path, 1);
    unsetenv("WAYLAND_DISPLAY");
    if (refusals[_i].display) setenv("DISPLAY", ":99", 1);
    else unsetenv("DISPLAY");
    Attempt a = {PICTURE_SVG, refusals[_i].window};
    unsigned before = open_files();
    bool done = error_protect(s->state, attempt, &a);
    ck_assert_msg(done == !refusals[_i].kind, "%s", done ? "nothing is raised" : s->state->error.diagnostic.message);
    if (!done) ck_assert_str_eq(s->state->error.diagnostic.kind, refusals[_i].kind);
    ck_assert_uint_eq(open_files(), before);
    setenv("PATH", old, 1);
    free(old);
    leave_folder();
    session_close(s);
}
END_TEST

/* ---- SVG ---- */

static const struct {
    const char *svg, *expected;
} rewrites[] = {
    {"<svg><title>p</title><g id=\"a\"/><use xlink:href='#a'/></svg>", "<svg><title>A &amp; B</title><g id=\"q-a\"/><use xlink:href='#q-a'/></svg>"},
    {"<svg><path fill='url(#x)' stroke='#aabbcc'/></svg>", "<svg><path fill='url(#q-x)' stroke='#aabbcc'/></svg>"},
    {"<svg><text> id='a' href='#a' url(#a</text></svg>", "<svg><text> id='a' href='#a' url(#a</text></svg>"},
    {"<svg><g id='a'><title>b</title></g></svg>", "<svg><g id='q-a'><title>A &amp; B</title></g></svg>"},
    {"", ""},
    {"<", "<"},
    {"<title>", "<title>"},
};

START_TEST(ids_of_svg) {
    Session *s = session_new(false);
    const String *svg = gnuplot_svg(s->state, string_of(s->state, rewrites[_i].svg), "q-", string_of(s->state, "A & B"));
    ck_assert_str_eq(svg->text, rewrites[_i].expected);
    session_close(s);
}
END_TEST

/* The script that is kept draws by itself, and into what its user says. */
START_TEST(kept_scripts) {
    char gnuplot[GNUPLOT_PATH], command[GNUPLOT_PATH + 200];
    if (!gnuplot_find(gnuplot)) return;
    Session *s = session_new(false);
    enter_folder();
    for (unsigned k = 0; k < sizeof scripts / sizeof *scripts; k++) {
        Picture *picture = picture_new(s->state);
        scripts[k].draw(s->state, picture);
        FILE *file = fopen("kept.gp", "w");
        ck_assert_ptr_nonnull(file);
        const String *script = gnuplot_script(s->state, picture);
        fwrite(script->text, 1, script->length, file);
        fclose(file);
        snprintf(command, sizeof command, "%s -e \"set terminal svg; set output 'a.svg'\" kept.gp >messages 2>&1", gnuplot);
        ck_assert_msg(system(command) == 0, "%s: gnuplot refuses\n%s", scripts[k].name, script->text);
        struct stat what;
        ck_assert_msg(stat("a.svg", &what) == 0 && what.st_size > 1000, "%s: there is no picture", scripts[k].name);
    }
    leave_folder();
    session_close(s);
}
END_TEST

/* ---- Reports ---- */

static char *file_text(const char *path) {
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    char *text = calloc(1, 4000000);
    ck_assert_uint_lt(fread(text, 1, 3999999, file), 3999999);
    fclose(file);
    return text;
}

static const char hostile_fit[] =
    "model m(x) {\n    z = sample(\"<script>alert(1)</script>\", Normal(0, 1))    # <img src=x onerror=alert(2)> & ' \"\n    obs x ~ Normal(z, 1)\n}\n"
    "guide m(x) {\n    param a = 0\n    sample(\"<script>alert(1)</script>\", Normal(param(\"<b>'\\\"&\", 0), 1))\n}\n"
    "fit = svi(m, [1, 2, missing], steps = 300)\n";

/* Nothing of the user's is markup, and ids are unique. */
static void check_report(Session *s, bool pictures) {
    static const char report[] = "report(fit, \"fit.html\", title = \"</title><script>alert(3)</script>\", truth = {a: 1})";
    elbo_Status status = session_run(s, hostile_fit);
    ck_assert_msg(status == ELBO_OK, "%s", s->reports);
    session_run(s, report);
    ck_assert_msg(s->reports_length == 0 || !pictures, "%s", s->reports);
    ck_assert_msg(pictures || strstr(s->reports, "[no-gnuplot]"), "%s", s->reports);
    ck_assert_uint_eq(s->out_length, 0);
    char *page = file_text("fit.html");
    static const char *const never[] = {"<script", "<img", "<b>", "</title><", "http-equiv=\"refresh", "src=\"", "src='", "javascript:", "@import"};
    for (unsigned k = 0; k < sizeof never / sizeof *never; k++) {
        const char *found = strstr(page, never[k]);
        ck_assert_msg(!found, "the page has %s: %.100s", never[k], found ? found : "");
    }
    static const char *const has[] = {"&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;img src=x onerror=alert(2)&gt; &amp; &#39; &quot;", "&lt;b&gt;&#39;&quot;&amp;",
                                      "<span class=\"n\">   2  </span>", "aria-label=", "Content-Security-Policy"};
    for (unsigned k = 0; k < sizeof has / sizeof *has; k++) ck_assert_msg(strstr(page, has[k]), "the page lacks %s\n%s", has[k], page);
    ck_assert(!strstr(page, "<svg") == !pictures);
    for (const char *at = page; (at = strstr(at, " id=")); at++) {
        char id[100];
        snprintf(id, sizeof id, "%.*s", (int)strcspn(at + 5, "'\"") + 6, at);
        ck_assert_msg(!strstr(at + 1, id), "two ids are%s", id);
    }
    free(page);
}

START_TEST(reports) {
    enter_folder();
    char *old = strdup(getenv("PATH"));
    if (!_i) setenv("PATH", "/nowhere", 1);
    if (!_i || gnuplot_found()) {
        Session *s = session_new(false);
        check_report(s, _i);
        session_close(s);
    }
    setenv("PATH", old, 1);
    free(old);
    leave_folder();
}
END_TEST

/* What is drawn after a report is what would have been drawn without it. */
START_TEST(reports_draw_nothing) {
    static const char *const programs[] = {"", "report(fit, \"fit.html\")\n"};
    double drawn[2];
    enter_folder();
    setenv("PATH", "/nowhere", 1);
    for (int k = 0; k < 2; k++) {
        Session *s = session_new(false);
        char text[2000];
        snprintf(text, sizeof text, "%s%safter = draw(Normal(0, 1)); s = trace(m)([1])[\"<script>alert(1)</script>\"] + after", hostile_fit, programs[k]);
        ck_assert_int_eq(session_run(s, text), ELBO_OK);
        drawn[k] = session_number(s, "s");
        session_close(s);
    }
    ck_assert_double_eq(drawn[0], drawn[1]);
    leave_folder();
}
END_TEST

/* ---- Verdicts ---- */

static const struct {
    const char *name;
    double slope, noise;
    size_t n;
    bool known, moves;
} records[] = {
    {"noise alone", 0, 1, 2000, true, false},     {"a clear rise", 1, 1, 2000, true, true}, {"a rise within the noise", 1e-5, 1, 2000, true, false},
    {"too few", 1, 1, 150, false, false},         {"no noise, no rise", 0, 0, 500, true, false}, {"no noise, a rise", 1, 0, 500, true, true},
    {"what is not finite", NAN, 1, 500, false, false},
};

START_TEST(drifts) {
    double *x = malloc(records[_i].n * 3 * sizeof *x);
    uint32_t random = 1;
    for (size_t k = 0; k < records[_i].n * 3; k++) x[k] = -1e9;
    for (size_t k = 0; k < records[_i].n; k++) {
        random = random * 1664525u + 1013904223u;
        x[3 * k] = 1e5 + records[_i].slope * (double)k + records[_i].noise * ((double)random / 4294967296.0 - 0.5);
    }
    ReportDrift d = report_drift(x, records[_i].n, 3);
    ck_assert_msg(d.known == records[_i].known, "%s", records[_i].name);
    if (d.known) ck_assert_msg((fabs(d.last - d.before) > 3 * d.error) == records[_i].moves, "%s: %g %g %g", records[_i].name, d.before, d.last, d.error);
    free(x);
}
END_TEST

/* ---- Who may start programs ---- */

static bool is_word(char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* A call of one of the functions that start programs, outside of comments; NULL: there is none. */
static const char *starter(const char *text) {
    static const char *const names[] = {"system", "popen", "fork", "vfork", "execl", "execlp", "execle", "execv", "execvp", "execve", "execvpe",
                                        "fexecve", "posix_spawn", "posix_spawnp", "clone", "wordexp", "dlopen"};
    for (const char *at = text; *at; at++) {
        if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at, "*/");
            if (!end) return NULL;
            at = end + 1;
        }
        if (at > text && is_word(at[-1])) continue;
        for (unsigned k = 0; k < sizeof names / sizeof *names; k++) {
            size_t n = strlen(names[k]);
            if (strncmp(at, names[k], n) == 0 && !is_word(at[n]) && at[n + strspn(at + n, " ")] == '(') return names[k];
        }
    }
    return NULL;
}

static const char *const rooms[] = {"cli", "inference", "lexer", "parser", "plot", "runtime", "runtime/handlers", "runtime/kernels", "stdlib", "stdlib/constraints",
                                    "stdlib/distributions"};

START_TEST(only_one_place_starts_programs) {
    char path[1000];
    const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
    unsigned found = 0;
    for (unsigned r = 0; r < sizeof rooms / sizeof *rooms; r++) {
        snprintf(path, sizeof path, "%s/%s", srcdir, rooms[r]);
        DIR *room = opendir(path);
        ck_assert_ptr_nonnull(room);
        for (struct dirent *entry; (entry = readdir(room));) {
            const char *dot = strrchr(entry->d_name, '.');
            if (!dot || !strchr("chlyd", dot[1])) continue;
            snprintf(path, sizeof path, "%s/%s/%s", srcdir, rooms[r], entry->d_name);
            char *text = file_text(path);
            const char *name = starter(text);
            bool allowed = strcmp(rooms[r], "plot") == 0 && strcmp(entry->d_name, "gnuplot_run.c") == 0;
            ck_assert_msg(!name || allowed, "%s calls %s", path, name);
            found += name && allowed;
            free(text);
        }
        closedir(room);
    }
    ck_assert_uint_eq(found, 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("gnuplot");
    TCase *tests = tcase_create("gnuplot");
    tcase_add_loop_test(tests, script_of_a_picture, 0, sizeof scripts / sizeof *scripts);
    tcase_add_test(tests, many_points);
    tcase_add_loop_test(tests, texts_stay_in_quotes, 0, sizeof hostile / sizeof *hostile);
    tcase_add_loop_test(tests, texts_are_only_shown, 0, sizeof hostile / sizeof *hostile);
    tcase_add_test(tests, long_texts);
    tcase_add_loop_test(tests, programs_that_misbehave, 0, sizeof fakes / sizeof *fakes);
    tcase_add_test(tests, an_interrupt_ends_it);
    tcase_add_test(tests, descriptors);
    tcase_add_test(tests, where_it_is_looked_for);
    tcase_add_loop_test(tests, what_is_raised, 0, sizeof refusals / sizeof *refusals);
    tcase_add_loop_test(tests, ids_of_svg, 0, sizeof rewrites / sizeof *rewrites);
    tcase_add_test(tests, kept_scripts);
    tcase_add_loop_test(tests, reports, 0, 2);
    tcase_add_test(tests, reports_draw_nothing);
    tcase_add_loop_test(tests, drifts, 0, sizeof records / sizeof *records);
    tcase_add_test(tests, only_one_place_starts_programs);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
