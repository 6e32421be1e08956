#include "runtime/suggest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "runtime/synonyms.h"

enum { LONGEST = 48 };

static unsigned least(unsigned a, unsigned b, unsigned c) { return a < b ? (a < c ? a : c) : (b < c ? b : c); }

/* Optimal string alignment: Levenshtein's distance where a swap of neighbours counts once; a change of case counts nothing
   to speak of, but is no equality either. */
static unsigned distance(const char *a, const char *b) {
    size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST) return LONGEST;
    unsigned d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= n; i++) d[i][0] = (unsigned)i;
    for (size_t j = 0; j <= m; j++) d[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= m; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
            d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (x != y));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    return d[n][m];
}

Suggestion suggest_begin(const char *wrong) {
    size_t n = strlen(wrong);
    return (Suggestion){.wrong = wrong, .best = NULL, .distance = n < 5 ? 1 : n < 9 ? 2 : 3, .synonyms = NULL, .rank = SIZE_MAX};
}

Suggestion suggest_begin_argument(const char *function, const char *wrong) {
    Suggestion s = suggest_begin(wrong);
    s.synonyms = synonyms_of_argument(function, wrong);
    return s;
}

/* Where the word is among those of the list; SIZE_MAX: nowhere. */
static size_t word_rank(const char *list, const char *word) {
    size_t n = strlen(word), rank = 0;
    for (const char *at = list; at && *at; rank++) {
        size_t length = strcspn(at, " ");
        if (length == n && memcmp(at, word, n) == 0) return rank;
        at += length;
        at += *at == ' ';
    }
    return SIZE_MAX;
}

void suggest_offer(Suggestion *s, const char *candidate) {
    if (!candidate || !*candidate) return;
    size_t rank = word_rank(s->synonyms, candidate);
    if (rank < s->rank) {
        s->best = candidate;
        s->rank = rank;
        s->distance = 0;
    }
    if (s->rank < SIZE_MAX) return;
    unsigned d = distance(s->wrong, candidate);
    /* A name that shares nothing with the wrong one is no suggestion, however short both are. */
    if (d >= strlen(s->wrong) && d > 0) return;
    if (strcmp(candidate, s->wrong) == 0) return; /* the same name, out of reach */
    if (d < s->distance || (d == s->distance && !s->best)) {
        s->best = candidate;
        s->distance = d;
    }
}

const char *elbo_nearest(const char *wrong, const char *const *names, size_t n) {
    Suggestion s = suggest_begin(wrong);
    for (size_t k = 0; k < n; k++) suggest_offer(&s, names[k]);
    return s.best;
}

const char *suggest_variable(State *S, const String *name) {
    const char *here = synonym_of_name(name->text);
    if (here) return here;
    Suggestion s = suggest_begin(name->text);
    if (S->frame && S->frame->closure) {
        const Function *f = S->frame->closure->function;
        for (uint32_t k = 0; k < f->n_slots; k++)
            if (f->slot_names[k] && S->stack[S->frame->base + k].tag != VALUE_UNASSIGNED) suggest_offer(&s, f->slot_names[k]->text);
        for (uint32_t k = 0; k < f->n_captures; k++) suggest_offer(&s, f->captures[k].name->text);
    }
    for (size_t k = 0; k < S->global_capacity; k++) {
        const Global *g = S->globals[k];
        if (g && g->name != name && (g->value.tag != VALUE_UNASSIGNED || g->builtin.tag != VALUE_UNASSIGNED))
            suggest_offer(&s, g->name->text);
    }
    return s.best;
}
