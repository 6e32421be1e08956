/* SPDX-License-Identifier: GPL-3.0-or-later
   What the texts of a model and of a guide tell of their sites, without running them. */
#include "runtime/guide_kept.h"

#include <string.h>

#include "parser/walk.h"
#include "runtime/native.h"

enum { MOST_SITES = 64 };

typedef struct TextSite {
    const Name *name;
    bool is_observed;
} TextSite;

/* The sites that a function's text names. */
typedef struct TextSites {
    State *S;
    TextSite sites[MOST_SITES];
    uint32_t n;
    bool open; /* it may have others: names that are computed, sites in functions that it calls */
    bool handled; /* handlers in it may settle or rename some */
} TextSites;

static void add_site(TextSites *s, const Name *name, bool is_observed) {
    if (s->n == MOST_SITES) s->open = true;
    else s->sites[s->n++] = (TextSite){name, is_observed};
}

static bool is_builtin(State *S, const Node *callee) {
    if (callee->kind != NODE_NAME || callee->as.variable.place != PLACE_GLOBAL) return false;
    const Global *g = state_global(S, callee->as.variable.name->object);
    return g->value.tag == VALUE_UNASSIGNED && g->builtin.tag == VALUE_NATIVE && !g->builtin.as.native->handler;
}

/* sample("z", D) and obs("x", D, x) name their sites by strings. */
static void visit_call(TextSites *s, const Node *node) {
    const Node *callee = node->as.call.callee;
    if (!is_builtin(s->S, callee)) {
        s->open = s->open || callee->kind != NODE_FIELD; /* a distribution's question has no sites */
        return;
    }
    const char *name = callee->as.variable.name->text;
    bool observes = strcmp(name, "obs") == 0;
    if (!observes && strcmp(name, "sample") != 0) return;
    const Node *site = node->as.call.count ? node->as.call.arguments[0].value : NULL;
    if (site && site->kind == NODE_STRING) add_site(s, site->as.string, observes);
    else s->open = true;
}

static void visit_function(void *user, Function *function);

static void visit(void *user, Node *node) {
    TextSites *s = user;
    if (node->kind == NODE_SAMPLE || node->kind == NODE_OBS) add_site(s, node->as.site.name, node->kind == NODE_OBS);
    else if (node->kind == NODE_WITH || node->kind == NODE_HANDLER) s->open = s->handled = true;
    else if (node->kind == NODE_CALL) visit_call(s, node);
    tree_children(node, visit, s);
    tree_functions(node, visit_function, s);
}

static void visit_function(void *user, Function *function) { visit(user, function->body); }

static TextSites sites_of(State *S, const Function *function) {
    TextSites s = {.S = S};
    visit(&s, function->body);
    return s;
}

static const TextSite *find(const TextSites *s, const Name *name) {
    for (uint32_t k = 0; k < s->n; k++)
        if (strcmp(s->sites[k].name->text, name->text) == 0) return &s->sites[k];
    return NULL;
}

/* The first latent site of `a` that `b` does not have. */
static const Name *lacking(const TextSites *a, const TextSites *b) {
    for (uint32_t k = 0; k < a->n && !a->handled && !b->open; k++)
        if (!a->sites[k].is_observed && !find(b, a->sites[k].name)) return a->sites[k].name;
    return NULL;
}

static const Name *observed_by_model(const TextSites *guide, const TextSites *model) {
    for (uint32_t k = 0; k < guide->n; k++) {
        const TextSite *site = find(model, guide->sites[k].name);
        if (site && site->is_observed) return site->name;
    }
    return NULL;
}

static bool guide_follows(const Closure *model, const Node *node) {
    const NodeList *statements = &model->chunk->chunk->main->body->as.list;
    for (uint32_t k = 0; k < statements->count; k++) {
        const Node *other = statements->items[k];
        if (other->kind == NODE_DEFINE && other->as.define.kind == DEFINE_GUIDE && other->span.start > node->span.start &&
            other->as.define.variable.name == node->as.define.variable.name)
            return true;
    }
    return false;
}

/* What does not match, in words; NULL: all does, as far as the texts tell. */
static const char *mismatch(State *S, const Function *model, const Function *guide) {
    TextSites of_model = sites_of(S, model), of_guide = sites_of(S, guide);
    const Name *name;
    if ((name = observed_by_model(&of_guide, &of_model))) return error_text(S, "it samples '%s', which the model observes now", name->text);
    if ((name = lacking(&of_guide, &of_model))) return error_text(S, "it samples '%s', which the model does not have now", name->text);
    if ((name = lacking(&of_model, &of_guide))) return error_text(S, "it does not draw '%s', which the model samples now", name->text);
    if (model->n_parameters != guide->n_parameters)
        return error_text(S, "it takes %u argument%s, and the model takes %u now", guide->n_parameters, guide->n_parameters == 1 ? "" : "s", model->n_parameters);
    return NULL;
}

void guide_kept_check(State *S, const Node *node, const Closure *model, const Closure *guide) {
    if (guide_follows(model, node)) return;
    const char *what = mismatch(S, model->function, guide->function);
    if (!what) return;
    const char *name = model->function->name ? model->function->name->text : "it";
    warning_report_at(S, node, node->as.define.name_span, "guide-stale", "The model keeps the guide that was defined for the one before: define it anew, too.",
                      "the guide of '%s' (%s:%u) no longer matches: %s", name, guide->chunk->source.name,
                      source_position(&guide->chunk->source, guide->function->span.start).line, what);
}
