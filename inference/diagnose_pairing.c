/* Whether the sites of a guide are those of its model. */
#include <stdio.h>

#include "inference/diagnose.h"

#include "runtime/mask.h"
#include "runtime/suggest.h"

static const char *nearest_latent(const Trace *trace, const String *name) {
    Suggestion s = suggest_begin(name->text);
    for (uint32_t k = 0; k < trace->count; k++)
        if (diagnose_is_latent(&trace->sites[k])) suggest_offer(&s, trace->sites[k].name->text);
    return s.best;
}

/* Whether the guide draws what the model observes. */
static void check_observed(State *S, const Trace *model, const Site *site) {
    const Site *other = trace_find(model, site->name);
    if (!other || other->kind != MESSAGE_SAMPLE || !other->is_observed) return;
    const char *name = site->name->text;
    diagnose_at_site(S, site);
    warning_report_at(S, site->node, diagnose_site_span(site), "guide-samples-observed",
                      error_text(S, "The guide draws only what is unknown. As it is, -log q('%s') rises without bound as its spread grows,\n"
                                    "the ELBO with it, and the fit means nothing. Delete this line.", name),
                      "the guide samples '%s', which the model observes", name);
}

/* The model's latents, as far as they fit. */
static const char *list_latents(const Trace *trace, char *text, size_t size) {
    enum { SHOWN = 6 };
    size_t at = 0;
    unsigned n = 0;
    text[0] = '\0';
    for (uint32_t k = 0; k < trace->count && at < size; k++) {
        if (!diagnose_is_latent(&trace->sites[k])) continue;
        if (n++ == SHOWN) {
            snprintf(text + at, size - at, ", …");
            break;
        }
        at += (size_t)snprintf(text + at, size - at, "%s'%s'", n > 1 ? ", " : "", trace->sites[k].name->text);
    }
    return text;
}

/* The lanes in which a site ran, its alternatives too. */
static Array *site_lanes(State *S, const Trace *trace, const Site *site) {
    Array *lanes = site->lanes_on;
    for (int32_t k = site->next; k >= 0; k = trace->sites[k].next) lanes = mask_or(S, lanes, trace->sites[k].lanes_on);
    return lanes;
}

static bool same_plates(const Trace *a, const Site *one, const Trace *b, const Site *other) {
    if (one->n_plates != other->n_plates) return false;
    for (uint32_t k = 0; k < one->n_plates; k++)
        if (site_plates(a, one)[k] != site_plates(b, other)[k]) return false;
    return true;
}

/* Lanes that only the guide has put -log q into the ELBO, and nothing else. The reverse is site-lanes. */
static void check_lanes(State *S, const Trace *model, const Site *other, const Trace *guide, const Site *site) {
    if (!other->lanes_on || site->is_auxiliary || other->is_observed || !same_plates(model, other, guide, site)) return;
    Array *mine = site_lanes(S, guide, site), *theirs = site_lanes(S, model, other);
    if (mask_covers(S, theirs, mine ? mine : mask_full(S))) return;
    diagnose_at_site(S, site);
    const char *name = site->name->text;
    error_raise(S, "guide-extra-site",
                error_text(S, "Draw it under the same condition as the model does: elsewhere -log q('%s') has nothing to weigh against, and the ELBO rises with its spread.", name),
                "the guide samples '%s' also where the model does not", name);
}

/* Whether the guide may have been written for another model; else "". */
static const char *describe_guide(const Fit *fit, char *text, size_t size) {
    text[0] = '\0';
    if (!fit) return text;
    Value f = fit->model;
    while (f.tag == VALUE_WRAPPED) f = ((Wrapped *)f.as.object)->function;
    if (f.tag != VALUE_CLOSURE || !f.as.closure->guide_inherited || f.as.closure->guide.as.object != fit->guide.as.object) return text;
    const Closure *guide = fit->guide.as.closure;
    const char *name = f.as.closure->function->name ? f.as.closure->function->name->text : "it";
    snprintf(text, size, "\nThe model '%s' was defined anew, and its guide (line %u) is that of the one before: define it anew, too.", name,
             source_position(&guide->chunk->source, guide->function->span.start).line);
    return text;
}

static void check_guide_site(State *S, const Fit *fit, const Trace *model, const Trace *guide, const Site *site) {
    const Site *other = trace_find(model, site->name);
    if (other && other->kind == MESSAGE_SAMPLE) {
        check_lanes(S, model, other, guide, site);
        return;
    }
    if (!other && site->is_auxiliary) return;
    diagnose_at_site(S, site);
    const char *name = site->name->text;
    const char *nearest = nearest_latent(model, site->name);
    char latents[400], older[300];
    list_latents(model, latents, sizeof latents);
    describe_guide(fit, older, sizeof older);
    error_raise(S, "guide-extra-site",
                nearest   ? error_text(S, "Did you mean '%s'?%s", nearest, older)
                : *latents ? error_text(S, "The model's latents are: %s. Delete this line, or give it one of these names.%s", latents, older)
                           : error_text(S, "Delete it, or add it to the model.%s", older),
                "the guide samples '%s', and the model has no such site", name);
}

static void check_model_site(State *S, const Fit *fit, const Trace *guide, const Site *site) {
    if (trace_find(guide, site->name)) return;
    diagnose_at_site(S, site);
    if (site->is_auxiliary)
        error_raise(S, "auxiliary-in-model", "Leave `aux = true` out here. What only helps the guide to draw is auxiliary, and stands in the guide.",
                    "the model's '%s' is marked as auxiliary, and the guide does not draw it", site->name->text);
    const char *nearest = nearest_latent(guide, site->name);
    char older[300];
    describe_guide(fit, older, sizeof older);
    error_raise(S, "guide-missing-site",
                nearest ? error_text(S, "The guide has '%s'; is it meant?%s", nearest, older)
                        : error_text(S, "Add `%s ~ …` to the guide.%s", site->name->text, older),
                "the model's latent '%s' is not drawn by the guide", site->name->text);
}

void diagnose_observed(State *S, const Trace *model, const Trace *guide) {
    for (uint32_t k = 0; k < guide->count; k++)
        if (diagnose_is_latent(&guide->sites[k])) check_observed(S, model, &guide->sites[k]);
}

void diagnose_pairing_of(State *S, const Fit *fit, const Trace *model, const Trace *guide) {
    for (uint32_t k = 0; k < guide->count; k++)
        if (diagnose_is_latent(&guide->sites[k])) check_guide_site(S, fit, model, guide, &guide->sites[k]);
    for (uint32_t k = 0; k < model->count; k++)
        if (diagnose_is_latent(&model->sites[k]) && model->sites[k].scored.tag != VALUE_MISSING) check_model_site(S, fit, guide, &model->sites[k]);
}

void diagnose_pairing(State *S, const Trace *model, const Trace *guide) { diagnose_pairing_of(S, NULL, model, guide); }
