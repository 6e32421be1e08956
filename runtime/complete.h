/* SPDX-License-Identifier: GPL-3.0-or-later
   What may stand at a place of a half-written text (elbo_complete): what its files share. */
#ifndef ELBO_RUNTIME_COMPLETE_H
#define ELBO_RUNTIME_COMPLETE_H

#include "lexer/token.h"
#include "runtime/distribution.h"
#include "runtime/gc.h"

/* The text left of the point. Nothing here owns anything: tokens lie in memory that goes when completion ends. */
typedef struct CompleteText {
    const char *text;
    size_t point;
    Token *tokens;
    size_t n, capacity;
    bool closed;     /* the point lies in a string or a comment */
    size_t word;     /* where the word begins that ends at the point; the point itself when there is none */
    size_t before;   /* how many tokens stand before that word */
} CompleteText;

/* Reads the tokens left of the point. false: there is no memory, or the text is too long. `complete_scan_free` follows. */
bool complete_scan(State *S, CompleteText *text);
void complete_scan_free(State *S, CompleteText *text);
/* 1 for a token that opens a bracket of any kind, -1 for one that closes it, else 0. */
int complete_bracket(TokenKind kind);
/* The token that opens the innermost bracket around the token at `from` (for one that closes: its own), searched back to `least`;
   n: there is none. */
size_t complete_innermost(const CompleteText *text, size_t from, size_t least);

/* Offers what may stand behind `v.`; functions have their bracket: "cdf(". */
void complete_fields(State *S, Value v, OfferName *offer, void *user);
/* The same for a distribution of the family. */
void complete_family(const DistributionRow *row, OfferName *offer, void *user);
/* Offers the names of arguments that `callee` takes; those of `positional` ones that come first are left out. */
void complete_arguments(Value callee, size_t positional, OfferName *offer, void *user);
/* Offers names of sites where the point stands in a record or list of them that a call is given after a model. */
void complete_sites(State *S, const CompleteText *text, OfferName *offer, void *user);
/* Where the name begins in which the point of `tr["mu` stands; 0: it stands in no such string. */
size_t complete_index_start(const CompleteText *text);
/* Offers what may stand there: names of sites, fields of a record. */
void complete_index(State *S, const CompleteText *text, OfferName *offer, void *user);
/* The value of the path that ends with the token before `end` (a.b["c"][0]), without running program code; unassigned: there is
   none. Raises what fields raise. */
Value complete_path(State *S, const CompleteText *text, size_t end);

#endif
