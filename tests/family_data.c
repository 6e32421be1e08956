/* SPDX-License-Identifier: GPL-3.0-or-later
   The reader of tests/data/families/NAME.txt. */
#include "tests/family_data.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>

#include "runtime/run.h"

int family_count(void) {
    int n = 0;
    while (distribution_rows[n]) n++;
    return n;
}

static char *trimmed(char *text) {
    while (isspace((unsigned char)*text)) text++;
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1])) end--;
    *end = '\0';
    return text;
}

/* Splits a line; false: nothing is in it. */
static bool parse_line(char *line, FamilyLine *out) {
    char *comment = strchr(line, '#');
    if (comment) *comment = '\0';
    line = trimmed(line);
    if (!*line) return false;
    char *word_end = line + strcspn(line, " \t");
    out->reference = strncmp(word_end, " ; ", 3) == 0;
    char *rest = out->reference ? word_end + 3 : word_end + (*word_end != '\0');
    *word_end = '\0';
    out->word = line;
    for (unsigned k = 0; k < FAMILY_FIELDS; k++) out->field[k] = "";
    out->n = 0;
    for (char *next = rest; next && *next && out->n < FAMILY_FIELDS; rest = next) {
        next = strstr(rest, " ; ");
        if (next) {
            *next = '\0';
            next += 3;
        }
        out->field[out->n++] = trimmed(rest);
    }
    return true;
}

static char *read_file(const DistributionRow *row) {
    const char *source = getenv("srcdir");
    char path[1024], name[64];
    size_t n = 0;
    for (; row->name[n] && n + 1 < sizeof name; n++) name[n] = (char)tolower((unsigned char)row->name[n]);
    name[n] = '\0';
    snprintf(path, sizeof path, "%s/tests/data/families/%s.txt", source ? source : ".", name);
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    ck_assert_uint_eq(fread(text, 1, size, file), size);
    fclose(file);
    text[size] = '\0';
    return text;
}

FamilyData family_read(int k) {
    FamilyData f = {.row = distribution_rows[k]};
    f.text = read_file(f.row);
    ck_assert_msg(f.text || !FAMILY_FILES_DEMANDED, "%s has no file in tests/data/families", f.row->name);
    if (!f.text) return f;
    size_t most = 1;
    for (const char *c = f.text; *c; c++) most += *c == '\n';
    f.lines = calloc(most, sizeof *f.lines);
    unsigned number = 1;
    for (char *line = f.text, *next; line; line = next, number++) {
        next = strchr(line, '\n');
        if (next) *next++ = '\0';
        if (parse_line(line, &f.lines[f.n_lines])) f.lines[f.n_lines++].number = number;
    }
    return f;
}

void family_free(FamilyData *f) {
    free(f->lines);
    free(f->text);
}

const FamilyLine *family_next(const FamilyData *f, const char *word, const FamilyLine *after) {
    for (unsigned k = after ? (unsigned)(after - f->lines) + 1 : 0; k < f->n_lines; k++) {
        const FamilyLine *line = &f->lines[k];
        if (word ? !line->reference && strcmp(line->word, word) == 0 : line->reference) return line;
    }
    return NULL;
}

const char *family_field(const FamilyData *f, const char *word) {
    const FamilyLine *line = family_next(f, word, NULL);
    return line ? line->field[0] : NULL;
}

unsigned family_lines(const FamilyData *f, const char *word) {
    unsigned n = 0;
    for (const FamilyLine *line = NULL; (line = family_next(f, word, line));) n++;
    return n;
}

double family_number(const char *text) {
    char *end;
    double x = strtod(text, &end);
    ck_assert_msg(*text && !*end, "'%s' is no number", text);
    return x;
}

static elbo_Status run_list(Session *s, const char *format, va_list list, char **program) {
    va_list again;
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    *program = malloc((size_t)length + 1);
    vsnprintf(*program, (size_t)length + 1, format, list);
    return session_run(s, *program);
}

void family_run(Session *s, const char *format, ...) {
    va_list list;
    char *program;
    va_start(list, format);
    elbo_Status status = run_list(s, format, list, &program);
    va_end(list);
    ck_assert_msg(status == ELBO_OK && !session_complains(s), "%s\n%s", program, s->reports);
    free(program);
}

void family_run_example(Session *s, const char *example) {
    char name[40];
    bool observes = sscanf(example, "obs %39[a-z_]", name) == 1, in_plate = observes && strstr(example, "[i]");
    if (observes) family_run(s, in_plate ? "%s = missing + zeros(3)" : "%s = missing", name);
    family_run(s, in_plate ? "model m() { plate p(i in 0..3) { %s } }\nt = trace(m)()\ny = log_prob(t)"
                           : "model m() { %s }\nt = trace(m)()\ny = log_prob(t)", example);
}

bool family_runs(Session *s, const char *format, ...) {
    va_list list;
    char *program;
    va_start(list, format);
    elbo_Status status = run_list(s, format, list, &program);
    va_end(list);
    free(program);
    return status == ELBO_OK;
}

Value family_value(Session *s, const char *variable) {
    for (Global *g = s->state->used_globals; g; g = g->next)
        if (strcmp(g->name->text, variable) == 0 && g->value.tag != VALUE_UNASSIGNED) return g->value;
    ck_abort_msg("there is no value %s", variable);
}

Distribution *family_distribution(Session *s, const char *expression) {
    family_run(s, "d = %s", expression);
    Value v = family_value(s, "d");
    ck_assert_msg(v.tag == VALUE_DISTRIBUTION, "%s is no distribution", expression);
    return v.as.distribution;
}

/* ---- Examples with one number moved ---- */

/* The next number in the text from `from` on, its length in *length; NULL: no more. */
static const char *next_literal(const char *text, const char *from, size_t *length) {
    for (const char *c = from; *c; c++) {
        bool inside_word = c > text && (isalnum((unsigned char)c[-1]) || c[-1] == '_' || c[-1] == '.');
        if (!isdigit((unsigned char)*c) || inside_word) continue;
        char *end;
        strtod(c, &end);
        *length = (size_t)(end - c);
        return c;
    }
    return NULL;
}

unsigned family_literals(const char *expression) {
    unsigned n = 0;
    size_t length = 0;
    for (const char *c = expression; (c = next_literal(expression, c, &length)); c += length) n++;
    return n;
}

/* Literal k becomes v; with `all`, so do those that read the same. False: an earlier one reads the same, or there is none. */
static bool replaced(const char *text, unsigned k, bool all, FamilyPart *part) {
    size_t length, n = 0, wanted_length;
    const char *wanted = next_literal(text, text, &wanted_length);
    for (unsigned j = 0; j < k && wanted; j++) wanted = next_literal(text, wanted + wanted_length, &wanted_length);
    if (!wanted) return false;
    part->at = strtod(wanted, NULL);
    const char *from = text;
    for (const char *c = text; (c = next_literal(text, c, &length)); c += length) {
        bool same = length == wanted_length && strncmp(c, wanted, length) == 0;
        if (all && same && c < wanted) return false;
        if (c != wanted && !(all && same)) continue;
        n += (size_t)snprintf(part->text + n, FAMILY_TEXT - n, "%.*sv", (int)(c - from), from);
        from = c + length;
    }
    n += (size_t)snprintf(part->text + n, FAMILY_TEXT - n, "%s", from);
    ck_assert_uint_lt(n, FAMILY_TEXT);
    return true;
}

static bool moves(Session *s, const FamilyPart *part) {
    double h = 1e-4 * fmax(fabs(part->at), 0.1);
    return family_runs(s, "v = %.17g\n%s\nv = %.17g\n%s", part->at - h, part->text, part->at + h, part->text);
}

unsigned family_parts(Session *s, const char *expression, FamilyPart parts[]) {
    unsigned n = 0;
    for (unsigned k = 0; k < family_literals(expression) && n < FAMILY_PARTS; k++)
        n += (replaced(expression, k, false, &parts[n]) && moves(s, &parts[n])) ||
             (replaced(expression, k, true, &parts[n]) && moves(s, &parts[n]));
    return n;
}

unsigned family_values(Session *s, const FamilyData *f) {
    const char *values = family_field(f, "values");
    ck_assert_msg(values, "%s has no values", f->row->name);
    family_run(s, "x = %s\nn = len(x)", values);
    return (unsigned)session_number(s, "n");
}

bool family_values_fit(Session *s, const FamilyData *f, const FamilyLine *example) {
    return example == family_next(f, "example", NULL) || family_runs(s, "%s.log_prob(x[0])", example->field[0]) ||
           !strstr(s->reports, "[shape-mismatch]");
}
