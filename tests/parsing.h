/* What the tests of the lexer and the parser share: parsing with everything that is reported kept, and memory that can
   be told to run out. */
#ifndef ELBO_TESTS_PARSING_H
#define ELBO_TESTS_PARSING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/parse.h"

typedef struct Parsing {
    Source source;
    Chunk *chunk;
    ParseStatus status;
    unsigned errors, warnings;
    char kinds[400];    /* of all errors and warnings, in order: "syntax bad-number" */
    char rendered[20000];
    size_t rendered_length;
    bool empty_message, bad_place, unknown_kind;
    long blocks;        /* not freed yet */
    long allocations;   /* asked for so far */
    long fail_at;       /* this one fails; 0: none */
    bool quiet, interactive;
} Parsing;

static inline void *parsing_allocate(void *user, void *block, size_t old_size, size_t new_size) {
    Parsing *p = user;
    (void)old_size;
    if (new_size == 0) {
        if (block) p->blocks--;
        free(block);
        return NULL;
    }
    if (++p->allocations == p->fail_at) return NULL;
    if (!block) p->blocks++;
    return realloc(block, new_size);
}

static inline void parsing_write(void *user, const char *text, size_t length) {
    Parsing *p = user;
    if (length > sizeof p->rendered - 1 - p->rendered_length) length = sizeof p->rendered - 1 - p->rendered_length;
    memcpy(p->rendered + p->rendered_length, text, length);
    p->rendered_length += length;
    p->rendered[p->rendered_length] = '\0';
}

static inline void parsing_report(void *user, const Diagnostic *d) {
    Parsing *p = user;
    size_t used = strlen(p->kinds);
    *(d->severity == SEVERITY_ERROR ? &p->errors : &p->warnings) += 1;
    snprintf(p->kinds + used, sizeof p->kinds - used, "%s%s", used ? " " : "", d->kind);
    if (!d->message || !d->message[0] || !d->kind || !d->kind[0]) p->empty_message = true;
    if (d->source != &p->source || d->span.start > d->span.end || d->span.end > p->source.length) p->bad_place = true;
    diagnostic_render(d, parsing_write, p);
}

/* Parses `length` bytes, which need no NUL behind them. */
static inline ParseStatus parsing_run(Parsing *p, const char *text, size_t length) {
    char *copy = malloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    p->source = (Source){"test.ppl", copy, length};
    p->errors = p->warnings = 0;
    p->rendered_length = 0;
    p->kinds[0] = p->rendered[0] = '\0';
    p->empty_message = p->bad_place = false;
    p->allocations = 0;
    ParseOptions options = {.allocate = parsing_allocate, .report = parsing_report, .user = p, .quiet_incomplete = p->quiet, .interactive = p->interactive};
    p->status = parse(&p->source, &options, &p->chunk);
    return p->status;
}

static inline void parsing_end(Parsing *p) {
    chunk_free(p->chunk);
    free((char *)p->source.text);
    p->chunk = NULL;
}

static inline Parsing *parsing_new(const char *text) {
    Parsing *p = calloc(1, sizeof *p);
    parsing_run(p, text, strlen(text));
    return p;
}

static inline void parsing_free(Parsing *p) {
    parsing_end(p);
    free(p);
}

/* A whole file below the tests' folder, to be freed; NULL if it is not there. */
static inline char *parsing_read_path(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*length + 1);
    *length = fread(text, 1, *length, file);
    text[*length] = '\0';
    fclose(file);
    return text;
}

/* The path of a file or folder of the source tree. */
static inline const char *parsing_path(char *out, size_t size, const char *name) {
    const char *srcdir = getenv("srcdir");
    snprintf(out, size, "%s/%s", srcdir ? srcdir : ".", name);
    return out;
}

/* A text that grows; its bytes are to be freed. */
typedef struct ParsingText {
    char *bytes;
    size_t length, capacity;
} ParsingText;

static inline void parsing_append(void *user, const char *text, size_t length) {
    ParsingText *t = user;
    if (t->length + length + 1 > t->capacity) {
        t->capacity = 2 * (t->length + length + 1);
        t->bytes = realloc(t->bytes, t->capacity);
    }
    memcpy(t->bytes + t->length, text, length);
    t->length += length;
    t->bytes[t->length] = '\0';
}

#endif
