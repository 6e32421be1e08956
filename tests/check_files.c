/* SPDX-License-Identifier: GPL-3.0-or-later
   Files that are written whole or not at all, and tables that come back as they were. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/array.h"
#include "runtime/error.h"
#include "stdlib/write_file.h"
#include "tests/session.h"

static char folder[100];

static const char *in_folder(const char *name) {
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void set_up(void) {
    snprintf(folder, sizeof folder, "check_files-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void tear_down(void) {
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) unlink(in_folder(entry->d_name));
    closedir(dir);
    rmdir(folder);
}

static void put(const char *path, const char *text, size_t n) {
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fwrite(text, 1, n, file);
    fclose(file);
}

static void holds(const char *name, const char *text) {
    char found[4000];
    FILE *file = fopen(in_folder(name), "rb");
    ck_assert_ptr_nonnull(file);
    found[fread(found, 1, sizeof found - 1, file)] = '\0';
    fclose(file);
    ck_assert_str_eq(found, text);
}

static int entries(void) {
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; (entry = readdir(dir));) n += entry->d_name[0] != '.' || strncmp(entry->d_name, ".elbo", 5) == 0;
    closedir(dir);
    return n;
}

/* ---- write_file ---- */

typedef struct Writing {
    const char *path, *text;
    size_t n;
} Writing;

static void write_request(State *S, void *what) {
    const Writing *w = what;
    write_file(S, w->path, w->text, w->n);
}

/* Whether it was written; if not, the error is about that path. */
static bool writes(Session *s, const char *path, const char *text, size_t n) {
    Writing w = {path, text, n};
    if (error_protect(s->state, write_request, &w)) return true;
    const Diagnostic *d = &s->state->error.diagnostic;
    ck_assert_str_eq(d->kind, "not-written");
    ck_assert_msg(strstr(d->message, path), "%s", d->message);
    return false;
}

START_TEST(replaces) {
    Session *s = session_new(true);
    struct stat status;
    ck_assert(writes(s, in_folder("a"), "one", 3));
    holds("a", "one");
    chmod(in_folder("a"), 0640);
    ck_assert(writes(s, in_folder("a"), "two!", 4));
    holds("a", "two!");
    stat(in_folder("a"), &status);
    ck_assert_int_eq(status.st_mode & 07777, 0640);
    ck_assert_int_eq(entries(), 1);
    ck_assert(!writes(s, folder, "x", 1));
    ck_assert(!writes(s, in_folder("no/a"), "x", 1));
    ck_assert(!writes(s, in_folder("a/b"), "x", 1));
    ck_assert(!writes(s, "/dev/full", "x", 1));
    ck_assert(!writes(s, "", "x", 1));
    session_close(s);
}
END_TEST

START_TEST(follows_links) {
    Session *s = session_new(true);
    struct stat status;
    ck_assert_int_eq(symlink("target", in_folder("link")), 0);
    ck_assert_int_eq(symlink("link", in_folder("link2")), 0);
    ck_assert(writes(s, in_folder("link2"), "new", 3));
    holds("target", "new");
    ck_assert(writes(s, in_folder("link2"), "newer", 5));
    holds("target", "newer");
    lstat(in_folder("link"), &status);
    ck_assert(S_ISLNK(status.st_mode));
    ck_assert_int_eq(symlink("loop", in_folder("loop")), 0);
    ck_assert(!writes(s, in_folder("loop"), "x", 1));
    session_close(s);
}
END_TEST

/* A disk that is full after so many bytes. */
START_TEST(full_disk) {
    Session *s = session_new(true);
    static char large[100000];
    struct rlimit limit = {5000, RLIM_INFINITY};
    ck_assert(writes(s, in_folder("a"), "old", 3));
    setrlimit(RLIMIT_FSIZE, &limit);
    ck_assert(!writes(s, in_folder("a"), large, sizeof large));
    ck_assert(!writes(s, in_folder("b"), large, sizeof large));
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    holds("a", "old");
    ck_assert_int_eq(entries(), 1);
    session_close(s);
}
END_TEST

START_TEST(closed_pipe) {
    Session *s = session_new(true);
    static char large[200000];
    char path[300];
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    ck_assert(!writes(s, path, large, sizeof large));
    close(ends[1]);
    /* Nobody reads: the user interrupts. */
    ck_assert_int_eq(mkfifo(in_folder("fifo"), 0600), 0);
    s->state->interrupted = 1;
    Writing w = {in_folder("fifo"), "x", 1};
    ck_assert(!error_protect(s->state, write_request, &w));
    ck_assert_str_eq(s->state->error.diagnostic.kind, "interrupted");
    session_close(s);
}
END_TEST

START_TEST(no_permission) {
    Session *s = session_new(true);
    if (geteuid() != 0) {
        ck_assert(writes(s, in_folder("a"), "old", 3));
        chmod(in_folder("a"), 0444);
        ck_assert(!writes(s, in_folder("a"), "new", 3));
        holds("a", "old");
        chmod(folder, 0555);
        ck_assert(!writes(s, in_folder("b"), "new", 3));
        chmod(folder, 0755);
    }
    session_close(s);
}
END_TEST

/* ---- Tables ---- */

static const struct {
    const char *text, *arguments, *outcome; /* what print shows, or a part of the error */
} tables[] = {
    {"a,b\n1,x\n2,y\n", "", "{a: [1, 2], b: [\"x\", \"y\"]}"},
    {"\xEF\xBB\xBF" "a,b\r\n1,2\r\n3,4", "", "{a: [1, 3], b: [2, 4]}"},
    {"a,b\n", "", "{a: [], b: []}"},
    {"a,b\n,\"\"\nNA,x\n", "", "{a: [missing, missing], b: [\"\", \"x\"]}"},
    {"a,b\nNA,NA\n1,x\nN/A,NA\n", "", "{a: [missing, 1, missing], b: [\"NA\", \"x\", \"NA\"]}"},
    {"a,b\nTRUE,1e3\nFalse,-.5\n", "", "{a: [true, false], b: [1000, -0.5]}"},
    {"a\nTRUE\nNA\nFALSE\n", "", "{a: [1, missing, 0]}"},
    {"a,b\nNaN,inf\n1,-Inf\n", "", "{a: [nan, 1], b: [inf, -inf]}"},
    {"a;b\n1,5;2\n", ", separator = \";\", decimal = \",\"", "{a: [1.5], b: [2]}"},
    {"a\tb\n1\t2\n", ", separator = \"\\t\"", "{a: [1], b: [2]}"},
    {"a,b\n\"x\ny\",1\n\n\"q\"\"\",2\n", "", "{a: [\"x\\ny\", \"q\\\"\"], b: [1, 2]}"},
    {"a\n0x10\n", "", "{a: [\"0x10\"]}"},
    {"a,b\n1,2\n\n3\n", "", "line 4 has 1 cell, and the header has 2 [bad-table]"},
    {"a,b\n1,2,3\n", "", "line 2 has 3 cells"},
    {"a,b\n1,\"x\ny\"\n1,2,3\n", "", "line 4 has 3 cells"},
    {"a,b\n1,2\nx,3\n", "", "line 3, column 'a': \"x\" is no number [bad-cell]"},
    {"a\ntrue\nmaybe\n", "", "line 3, column 'a': \"maybe\" is no truth value [bad-cell]"},
    {"a,b\n1,\"x\n2,3\n", "", "line 2 has a double quote that is never closed [bad-table]"},
    {"a,b\n1,x\"y\n", "", "line 2: a double quote stands in the middle"},
    {"a;b\n1;2\n", "", "separator = \";\")?"},
    {"a;b\n1,5;2\n", ", separator = \";\"", "decimal = \",\")"},
    {"", "", "is empty [bad-table]"},
    {"\"\",x\n1,2\n", "", "row.names = FALSE"},
    {"a,a\n1,2\n", "", "has two columns 'a'"},
    {"a\n\xe9\n", "", "line 2 is no UTF-8 text"},
    {"a\nb\0c\n", "", "zero byte"},
    {"a\n1\n", ", separator = \"ab\"", "[bad-argument]"},
    {"a\n1\n", ", separator = \"1\"", "[bad-argument]"},
    {"a\n1\n", ", decimal = \",\"", "[bad-argument]"},
};

START_TEST(reads_tables) {
    Session *s = session_new(true);
    char text[1000];
    size_t n = strlen(tables[_i].text);
    put(in_folder("t.csv"), tables[_i].text, strcmp(tables[_i].text, "a\nb") == 0 ? 6 : n);
    snprintf(text, sizeof text, "print(read_csv(\"%s\"%s))", in_folder("t.csv"), tables[_i].arguments);
    elbo_Status status = session_run(s, text);
    if (s->out_length) s->out[s->out_length - 1] = '\0';
    bool good = tables[_i].outcome[0] == '{' ? status == ELBO_OK && strcmp(s->out, tables[_i].outcome) == 0
                                             : status == ELBO_RUNTIME_ERROR && strstr(s->reports, tables[_i].outcome);
    ck_assert_msg(good, "%s\n%s%s", tables[_i].text, s->out, s->reports);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

static const struct {
    const char *table, *outcome;
} refused[] = {
    {"{}", "[bad-argument]"}, {"{x: 1}", "'x' is a number [wrong-type]"}, {"{x: [1, 2], y: [1]}", "'y' has 1 element, and 'x' has 2 [shape-mismatch]"},
    {"[1, 2]", "{x: v}"}, {"3", "[wrong-type]"}, {"{x: [\"a\", [1]]}", "element 1 of the column 'x' is a vector"}, {"{x: [\"a\", missing]}", "[bad-argument]"},
    {"{x: [[1, 2], [3, 4]]}", "[wrong-type]"}, {"{x: [\"a\\u{0}\"], y: [1]}", "zero byte"}, {"{\" \": [1]}", "has no name"},
};

START_TEST(refuses_tables) {
    Session *s = session_new(true);
    char text[1000];
    snprintf(text, sizeof text, "write_csv(%s, \"%s\")", refused[_i].table, in_folder("t.csv"));
    ck_assert_int_eq(session_run(s, text), ELBO_RUNTIME_ERROR);
    ck_assert_msg(strstr(s->reports, refused[_i].outcome), "%s", s->reports);
    ck_assert_int_eq(entries(), 0);
    session_is_at_rest(s);
    session_close(s);
}
END_TEST

/* ---- What is written is read again ---- */

static uint32_t random_state;

static uint32_t draw(uint32_t n) {
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % n;
}

/* A text of what tables trip over; it begins so that nobody takes it for a number or a truth value. */
static Value hostile_text(State *S, bool first) {
    static const char *const parts[] = {",", ";", "\"", "\"\"", "\n", "\r\n", "\r", " ", "\t", "a", "NA", "1", "\u00e9", "#", "'", "=1+1"};
    char text[200] = "";
    if (!first && draw(5) == 0) return value_missing();
    if (first) strcat(text, "t");
    for (uint32_t k = draw(8); k > 0; k--) strcat(text, parts[draw(sizeof parts / sizeof *parts)]);
    return value_object(string_of(S, text));
}

static double hostile_number(void) {
    uint64_t bits = (uint64_t)draw(1u << 24) << 40 ^ (uint64_t)draw(1u << 24) << 20 ^ draw(1u << 24);
    double x;
    if (draw(5) == 0) return missing_number();
    memcpy(&x, &bits, sizeof x);
    return x == x ? x : 0.1;
}

START_TEST(comes_back) {
    Session *s = session_new(false);
    State *S = s->state;
    char text[1000];
    random_state = (uint32_t)_i + 1;
    for (int turn = 0; turn < 50; turn++) {
        size_t rows = 1 + draw(6);
        Record *table = record_new(S, 3);
        List *texts = list_new(S, 8);
        double numbers[8];
        for (size_t k = 0; k < rows; k++) {
            list_append(S, texts, hostile_text(S, k == 0));
            numbers[k] = hostile_number();
        }
        if (draw(2)) record_set(S, table, string_of(S, "a, \"b\""), value_object(texts));
        else record_set(S, table, string_of(S, "text"), value_object(texts));
        record_set(S, table, string_of(S, " x\n"), value_array(array_vector(S, rows, numbers), 0));
        state_used_global(S, string_of(S, "t"))->value = value_object(table);
        const char *separator = draw(2) ? ", separator = \";\"" : "";
        snprintf(text, sizeof text, "write_csv(t, \"%s\"%s)\nu = read_csv(\"%s\"%s)", in_folder("t.csv"), separator, in_folder("t.csv"), separator);
        session_must(s, text);
        Value back = state_global(S, string_of(S, "u"))->value;
        ck_assert_uint_eq(back.as.record->count, 2);
        ck_assert_ptr_eq(back.as.record->names[0], table->names[0]);
        ck_assert_ptr_eq(back.as.record->names[1], table->names[1]);
        const List *list = back.as.record->values[0].as.list;
        for (size_t k = 0; k < rows; k++) {
            ck_assert_msg(list->items[k].tag == texts->items[k].tag && list->items[k].as.object == texts->items[k].as.object, "turn %d, row %zu", turn, k);
            double x = back.as.record->values[1].as.array->data[k];
            ck_assert_msg(memcmp(&x, &numbers[k], sizeof x) == 0, "%.17g is %.17g", numbers[k], x);
        }
    }
    session_close(s);
}
END_TEST

START_TEST(no_memory) {
    put(in_folder("t.csv"), "a,b,c\n1,x,true\n,\"\",\n3,z,false\n", 30);
    for (long fail = 1; fail < 2000; fail++) {
        Session *s = session_new(true);
        char text[600];
        snprintf(text, sizeof text, "t = read_csv(\"%s\")\nwrite_csv(t, \"/dev/null\")", in_folder("t.csv"));
        s->fail_at = s->requests + fail;
        elbo_Status status = session_run(s, text);
        bool reached = s->requests >= s->fail_at;
        ck_assert_msg(status == ELBO_NO_MEMORY || status == ELBO_OK, "%s", s->reports);
        session_is_at_rest(s);
        session_close(s);
        if (!reached) return;
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("files");
    TCase *tests = tcase_create("files");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, replaces);
    tcase_add_test(tests, follows_links);
    tcase_add_test(tests, full_disk);
    tcase_add_test(tests, closed_pipe);
    tcase_add_test(tests, no_permission);
    tcase_add_loop_test(tests, reads_tables, 0, sizeof tables / sizeof *tables);
    tcase_add_loop_test(tests, refuses_tables, 0, sizeof refused / sizeof *refused);
    tcase_add_loop_test(tests, comes_back, 0, 4);
    tcase_add_test(tests, no_memory);
    suite_add_tcase(suite, tests);
    return session_run_suite(suite);
}
