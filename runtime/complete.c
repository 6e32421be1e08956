/* SPDX-License-Identifier: GPL-3.0-or-later
   elbo_complete: what kind of thing may stand at the point, and which of these begin as the word there does. */
#include "runtime/complete.h"

#include <stdlib.h>
#include <string.h>

#include "elbo.h"
#include "parser/tree.h"
#include "runtime/distribution.h"
#include "runtime/native.h"
#include "runtime/text.h"

typedef struct Completion {
    State *S;
    CompleteText text;
    const char *word;    /* what is written so far */
    size_t length;
    bool any_case;       /* capitals count as small letters */
    const char *suffix;  /* put behind what is offered */
    List *found;         /* strings */
    List *odd;           /* fields that are no plain names, as `["log sigma"]` */
    size_t start;        /* of what they replace */
} Completion;

/* ---- Gathering ---- */

static char folded(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool begins(const Completion *c, const char *name) {
    for (size_t k = 0; k < c->length; k++) {
        if (!name[k]) return false;
        if (c->any_case ? folded(name[k]) != folded(c->word[k]) : name[k] != c->word[k]) return false;
    }
    return true;
}

static void add(Completion *c, const char *name, size_t length, const char *suffix) {
    State *S = c->S;
    size_t start = text_begin(S);
    text_append(S, name, length);
    text_append(S, suffix, strlen(suffix));
    list_append(S, c->found, value_object(text_finish(S, start)));
}

static void offer(void *user, const char *name) {
    Completion *c = user;
    if (begins(c, name)) add(c, name, strlen(name), c->suffix);
}

static bool is_plain(const char *name) {
    size_t k = 0;
    for (; name[k]; k++) {
        char c = name[k];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
        if (!letter && !(k && c >= '0' && c <= '9') && !(k && c == '(')) return false;
    }
    return k > 0;
}

/* Fields of other names stand in brackets: `.log sigma` is none. */
static void offer_field(void *user, const char *name) {
    Completion *c = user;
    if (!begins(c, name)) return;
    if (is_plain(name)) {
        add(c, name, strlen(name), "");
        return;
    }
    State *S = c->S;
    size_t start = text_begin(S);
    text_print(S, "[");
    text_quoted(S, string_of(S, name));
    text_print(S, "]");
    text_make_visible(S, start, false);
    list_append(S, c->odd, value_object(text_finish(S, start)));
}

/* ---- Names ---- */

/* A bracket for what is called rather than named: models and guides are handed over to others. */
static const char *suffix_of(Value v) {
    if (v.tag == VALUE_NATIVE) return "(";
    return v.tag == VALUE_CLOSURE && v.as.closure->function->kind == FUNCTION_FN ? "(" : "";
}

static void offer_variables(Completion *c, bool wanted(const Global *g, Value v)) {
    const State *S = c->S;
    for (size_t k = 0; k < S->global_capacity; k++) {
        const Global *g = S->globals[k];
        if (!g || !begins(c, g->name->text)) continue;
        Value v = g->value.tag != VALUE_UNASSIGNED ? g->value : g->builtin;
        if (v.tag == VALUE_UNASSIGNED || strlen(g->name->text) != g->name->length || (wanted && !wanted(g, v))) continue;
        const char *suffix = suffix_of(v);
        if (*suffix) add(c, g->name->text, g->name->length, suffix);
        else list_append(c->S, c->found, value_object(g->name));
    }
}

static void offer_words(Completion *c) {
    bool quoted;
    for (int kind = 0; kind < TOKENS; kind++)
        if (token_is_word((TokenKind)kind)) offer(c, token_text((TokenKind)kind, &quoted));
}

static bool is_model(const Global *g, Value v) { return (void)g, v.tag == VALUE_CLOSURE && v.as.closure->function->kind == FUNCTION_MODEL; }

static bool is_own(const Global *g, Value v) { return (void)v, g->value.tag != VALUE_UNASSIGNED; }

static bool is_constraint(const Global *g, Value v) { return (void)g, v.tag == VALUE_CONSTRAINT || (v.tag == VALUE_NATIVE && v.as.native->constraint); }

/* ---- Where the point is ---- */

static TokenKind kind_at(const CompleteText *t, size_t k) { return k < t->n ? t->tokens[k].kind : TOKEN_END; }

static bool is_word(const CompleteText *t, size_t k, const char *word) {
    const Token *token = &t->tokens[k];
    size_t length = token->span.end - token->span.start;
    return strlen(word) == length && memcmp(token->text, word, length) == 0;
}

static bool is_one_of(const CompleteText *t, size_t k, const char *const *words) {
    for (; *words; words++)
        if (is_word(t, k, *words)) return true;
    return false;
}

/* Whether the word begins a name of its own, behind a word of definition that begins its line. */
static bool is_definition(const CompleteText *t) {
    static const char *const words[] = {"fn", "model", "handler", "param", "plate", "deterministic", "for", NULL};
    size_t k = t->before;
    if (!k || t->word == t->point) return k && is_word(t, k - 1, "fn");
    return is_one_of(t, k - 1, words) && (t->tokens[k - 1].first || is_word(t, k - 1, "for") || is_word(t, k - 1, "fn"));
}

/* `param m: …`, `param m[j]: …` */
static bool is_param_constraint(const CompleteText *t) {
    size_t k = t->before;
    if (!k || kind_at(t, k - 1) != TOKEN_COLON) return false;
    for (k--; k-- > 0;) {
        if (t->tokens[k].kind == TOKEN_NEWLINE || t->tokens[k].kind == TOKEN_CURLY_OPEN || t->tokens[k].kind == TOKEN_COMMA) return false;
        if (t->tokens[k].first || is_word(t, k, "param")) return is_word(t, k, "param");
    }
    return false;
}

/* The round bracket that the token at `from` stands in directly, searched back to `least`; n: it is of another kind, or there is
   none. */
static size_t innermost_call(const CompleteText *t, size_t from, size_t least) {
    size_t open = complete_innermost(t, from, least);
    return kind_at(t, open) == TOKEN_ROUND_OPEN ? open : t->n;
}

/* Whether the name is of an argument that a call is given: `steps = 3`. In the head of a function it is a variable. */
static bool names_argument(const CompleteText *t, size_t k) {
    enum { FAR = 200 };
    static const char *const heads[] = {"fn", "model", "guide", "handler", NULL};
    if (!k || kind_at(t, k + 1) != TOKEN_ASSIGN || (kind_at(t, k - 1) != TOKEN_COMMA && kind_at(t, k - 1) != TOKEN_ROUND_OPEN)) return false;
    size_t open = innermost_call(t, k, k > FAR ? k - FAR : 0);
    if (open == t->n || !open) return false;
    return !is_one_of(t, open - 1, heads) && !(open > 1 && is_one_of(t, open - 2, heads));
}

/* Names that the text itself has: its sites, params and local variables are none of the session's yet. */
static void offer_local(Completion *c) {
    const CompleteText *t = &c->text;
    for (size_t k = 0; k < t->before; k++) {
        const Token *token = &t->tokens[k];
        if (token->kind != TOKEN_NAME || (k && t->tokens[k - 1].kind == TOKEN_DOT) || names_argument(t, k)) continue;
        String *name = string_new(c->S, token->text, token->span.end - token->span.start);
        const Global *g = state_find_global(c->S, name);
        bool known = g && (g->value.tag != VALUE_UNASSIGNED || g->builtin.tag != VALUE_UNASSIGNED);
        if (!known && begins(c, name->text)) list_append(c->S, c->found, value_object(name));
    }
}

/* ---- Arguments ---- */

typedef struct Given {
    Completion *completion;
    size_t open;       /* the call's bracket */
    size_t positional; /* arguments before the point */
} Given;

/* Whether the call names that argument before the point; what stands in brackets of its arguments is not its own. */
static bool is_named_in(const CompleteText *t, size_t open, const char *name) {
    size_t depth = 0;
    for (size_t k = open + 1; k < t->before; k++) {
        int bracket = complete_bracket(t->tokens[k].kind);
        if (bracket > 0 || depth) depth += (size_t)bracket;
        if (!depth && kind_at(t, k + 1) == TOKEN_ASSIGN && is_word(t, k, name)) return true;
    }
    return false;
}

static size_t count_positional(const CompleteText *t, size_t open) {
    size_t depth = 0, n = 0, k = open + 1;
    bool named = false;
    for (; k < t->before; k++) {
        TokenKind kind = t->tokens[k].kind;
        int bracket = complete_bracket(kind);
        if (bracket > 0 || depth) depth += (size_t)bracket;
        else if (kind == TOKEN_ASSIGN) named = true;
        else if (kind == TOKEN_COMMA) {
            n += !named;
            named = false;
        }
    }
    return n;
}

static void offer_argument(void *user, const char *name) {
    const Given *given = user;
    Completion *c = given->completion;
    if (begins(c, name) && !is_named_in(&c->text, given->open, name)) add(c, name, strlen(name), " = ");
}

/* Whether the point is where an argument of a call may begin; its callee's arguments are offered then. */
static bool offer_arguments(Completion *c) {
    const CompleteText *t = &c->text;
    size_t open = innermost_call(t, t->before, 0);
    if (open == t->n || !open || t->before == 0) return false;
    TokenKind previous = kind_at(t, t->before - 1);
    if (t->before - 1 != open && previous != TOKEN_COMMA) return false;
    Value callee = complete_path(c->S, t, open);
    Given given = {c, open, count_positional(t, open)};
    complete_arguments(callee, given.positional, offer_argument, &given);
    return true;
}

/* ---- Fields ---- */

/* `Normal(0, 1).` is of a family that is known without making it. */
static void offer_of_call(Completion *c, size_t close) {
    size_t open = complete_innermost(&c->text, close, 0);
    if (open == c->text.n || !open) return;
    Value callee = complete_path(c->S, &c->text, open);
    if (callee.tag == VALUE_NATIVE && callee.as.native->distribution) complete_family(callee.as.native->distribution, offer_field, c);
}

static void offer_fields(Completion *c) {
    const CompleteText *t = &c->text;
    size_t dot = t->before - 1;
    if (dot && t->tokens[dot - 1].kind == TOKEN_ROUND_CLOSE) offer_of_call(c, dot - 1);
    else complete_fields(c->S, complete_path(c->S, t, dot), offer_field, c);
    if (!c->odd->count) return;
    /* They replace the dot, so the others bring theirs. */
    c->start = t->tokens[dot].span.start;
    for (uint32_t k = 0; k < c->found->count; k++) {
        size_t start = text_begin(c->S);
        text_print(c->S, ".%s", c->found->items[k].as.string->text);
        c->found->items[k] = value_object(text_finish(c->S, start));
    }
    for (uint32_t k = 0; k < c->odd->count; k++) list_append(c->S, c->found, c->odd->items[k]);
}

/* Names that would need escapes are left to those who write them. */
static void offer_indexed(void *user, const char *name) {
    if (!name[strcspn(name, "\"\\{}\n\r\t\033")]) offer(user, name);
}

static void gather_index(Completion *c) {
    size_t start = complete_index_start(&c->text);
    if (!start) return;
    c->start = start;
    c->word = c->text.text + start;
    c->length = c->text.point - start;
    c->suffix = "\"]";
    complete_index(c->S, &c->text, offer_indexed, c);
}

/* Whether the bracket that the point stands in directly is a `{`. */
static bool in_record(const CompleteText *t) {
    size_t depth = 0;
    for (size_t k = t->before; k-- > 0;) {
        TokenKind kind = t->tokens[k].kind;
        if (kind == TOKEN_CURLY_CLOSE || kind == TOKEN_SQUARE_CLOSE || kind == TOKEN_ROUND_CLOSE) depth++;
        else if (kind == TOKEN_CURLY_OPEN || kind == TOKEN_SQUARE_OPEN || kind == TOKEN_ROUND_OPEN) {
            if (depth == 0) return kind == TOKEN_CURLY_OPEN;
            depth--;
        }
    }
    return false;
}

/* ---- All of it ---- */

static void gather(Completion *c) {
    static const char *const guide[] = {"guide", NULL};
    const CompleteText *t = &c->text;
    if (t->before && kind_at(t, t->before - 1) == TOKEN_DOT) {
        offer_fields(c);
        return;
    }
    if (is_definition(t)) return;
    if (t->before && is_one_of(t, t->before - 1, guide) && t->tokens[t->before - 1].first) {
        offer_variables(c, is_model);
        return;
    }
    if (is_param_constraint(t)) {
        offer_variables(c, is_constraint);
        return;
    }
    c->suffix = in_record(t) ? ": " : "";
    complete_sites(c->S, t, offer, c);
    c->suffix = "";
    if (c->found->count) return;
    /* Where nothing is written yet, arguments and the session's own variables say more than all names there are. */
    if (offer_arguments(c) && c->found->count && !c->length) {
        offer_variables(c, is_own);
        return;
    }
    offer_variables(c, NULL);
    offer_words(c);
    offer_local(c);
}

static void complete(State *S, void *what) {
    Completion *c = what;
    c->found = list_new(S, 64);
    c->odd = list_new(S, 4);
    if (!complete_scan(S, &c->text)) return;
    if (c->text.closed) {
        gather_index(c);
        return;
    }
    c->start = c->text.word;
    c->word = c->text.text + c->start;
    c->length = c->text.point - c->start;
    gather(c);
    if (c->found->count || !c->length) return;
    c->any_case = true;
    gather(c);
}

static int by_text(const void *a, const void *b) {
    const String *x = ((const Value *)a)->as.string, *y = ((const Value *)b)->as.string;
    return strcmp(x->text, y->text);
}

/* Whether `b` is `a` with a bracket: of `plate` and `plate(` the statement's word is enough. */
static bool is_call_of(Value a, Value b) {
    const String *x = a.as.string, *y = b.as.string;
    return y->length == x->length + 1 && y->text[x->length] == '(' && memcmp(x->text, y->text, x->length) == 0;
}

size_t elbo_complete(elbo_State *S, const char *text, size_t point, elbo_Candidate *candidate, void *user) {
    Completion c = {.S = S, .text = {.text = text, .point = point}, .suffix = "", .start = point};
    bool done = error_protect(S, complete, &c);
    complete_scan_free(S, &c.text);
    if (!done || !c.found->count) return done ? c.start : point;
    qsort(c.found->items, c.found->count, sizeof *c.found->items, by_text);
    for (uint32_t k = 0; k < c.found->count; k++)
        if (!k || (by_text(&c.found->items[k - 1], &c.found->items[k]) != 0 && !is_call_of(c.found->items[k - 1], c.found->items[k])))
            candidate(user, c.found->items[k].as.string->text);
    return c.start;
}
