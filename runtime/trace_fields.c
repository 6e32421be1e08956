/* Traces and sites as a program sees them: fields and tables. */
#include <string.h>

#include "runtime/eval.h"
#include "runtime/gc.h"
#include "runtime/mask.h"
#include "runtime/suggest.h"
#include "runtime/table.h"
#include "runtime/text.h"
#include "runtime/trace.h"

/* A param is one per element of its own plates only; any other value gains the axes of all plates inside the trace. */
static Value crossed_value(State *S, const Trace *trace, const Site *site, Value v) {
    uint32_t from = trace->plates;
    if (site->kind == MESSAGE_PARAM) from = (uint32_t)(site->n_plates - site->own_plates);
    return cross_out_plates(S, v, site_plates(trace, site), from, site->n_plates);
}

static bool is_family(const String *name, const String *family) {
    return name->length > family->length && memcmp(name->text, family->text, family->length) == 0 && name->text[family->length] == '[';
}

/* "z" stands for z[0], z[1], …, in the order of the run. */
static Value family_value(State *S, Trace *trace, const String *name) {
    size_t base = S->top;
    for (uint32_t k = 0; k < trace->count; k++) {
        Site *site = &trace->sites[k];
        if (site->alternative || !is_family(site->name, name)) continue;
        stack_push(S, crossed_value(S, trace, site, trace_site_value(S, trace, site)));
    }
    uint32_t n = (uint32_t)(S->top - base);
    Value v = n ? value_of_items(S, S->stack + base, n) : value_unassigned();
    S->top = base;
    return v;
}

Value trace_index(State *S, Object *object, String *name) {
    Trace *trace = (Trace *)object;
    Site *site = trace_find(trace, name);
    if (site) return crossed_value(S, trace, site, trace_site_value(S, trace, site));
    Value family = family_value(S, trace, name);
    if (family.tag != VALUE_UNASSIGNED) return family;
    Suggestion s = suggest_begin(name->text);
    for (uint32_t k = 0; k < trace->count; k++) suggest_offer(&s, trace->sites[k].name->text);
    error_raise(S, "unknown-site", s.best ? error_text(S, "Did you mean '%s'?", s.best) : NULL, "the trace has no site '%s'", name->text);
}

static Value site_value_new(State *S, Trace *trace, uint32_t index) {
    SiteValue *v = gc_new(S, VALUE_SITE, sizeof *v);
    v->trace = trace;
    v->index = index;
    return value_object(v);
}

enum { TRACE_VALUE, TRACE_SITES, TRACE_FIELDS };
static const char *const trace_field_names[TRACE_FIELDS] = {"value", "sites"};

void trace_fields(State *S, Object *object, OfferName *offer, void *user) {
    (void)S, (void)object;
    for (unsigned k = 0; k < TRACE_FIELDS; k++) offer(user, trace_field_names[k]);
}

Value trace_field(State *S, Object *object, String *name) {
    Trace *trace = (Trace *)object;
    if (strcmp(name->text, trace_field_names[TRACE_VALUE]) == 0) return trace->result;
    if (strcmp(name->text, trace_field_names[TRACE_SITES]) != 0) {
        if (trace_find(trace, name))
            error_raise(S, "unknown-field", error_text(S, "Write [\"%s\"] for its value, or .sites.%s for the site.", name->text, name->text),
                        "'%s' is a site of the trace, and no field", name->text);
        String *names[TRACE_FIELDS];
        for (unsigned k = 0; k < TRACE_FIELDS; k++) names[k] = string_of(S, trace_field_names[k]);
        field_raise_unknown(S, value_object(object), name, names, TRACE_FIELDS);
    }
    Record *sites = record_new(S, trace->count);
    for (uint32_t k = 0; k < trace->count; k++)
        if (!trace->sites[k].alternative) record_set(S, sites, trace->sites[k].name, site_value_new(S, trace, k));
    return value_object(sites);
}

void site_mark(State *S, Object *object) { gc_mark(S, ((SiteValue *)object)->trace); }

static const char *kind_of(const Site *site) { return message_kind_text((MessageKind)site->kind, site->is_observed); }

static Value plates_of(State *S, const Trace *trace, const Site *site) {
    List *list = list_new(S, 4);
    for (uint32_t k = trace->plates; k < site->n_plates; k++) list_append(S, list, value_object(site_plates(trace, site)[k]->name));
    return value_object(list);
}

static bool is_one(Value scale) { return scale.tag == VALUE_NUMBER && !scale.node && scale.as.number == 1; }

Value message_log_prob(State *S, const Message *m) {
    bool scores = m->kind == MESSAGE_SAMPLE || m->kind == MESSAGE_FACTOR;
    if (!scores || m->scored.tag == VALUE_MISSING) return value_number(0);
    bool whole = m->kind == MESSAGE_SAMPLE && m->distribution->joint && m->scored.tag != VALUE_UNASSIGNED;
    Value v = m->kind == MESSAGE_FACTOR ? m->value : distribution_log_prob(S, m->distribution, whole ? m->scored : m->value);
    if (m->scored.tag != VALUE_UNASSIGNED && !whole) {
        Value missing = operation_unary(S, elementwise_find("is_missing"), m->scored);
        v = operation_select(S, missing, value_number(0), v);
    }
    if (!is_one(m->scale)) v = operation_binary(S, &elementwise_operators[OPERATOR_MULTIPLY], v, m->scale);
    return m->mask ? operation_select(S, value_array(m->mask, 0), v, value_number(0)) : v;
}

static Value elements_of(State *S, const Site *site) {
    Message m = {.kind = (MessageKind)site->kind, .name = site->name, .value = site->value, .scored = site->scored, .scale = site->scale, .mask = site->mask};
    m.distribution = site->kind == MESSAGE_SAMPLE ? site->distribution : NULL;
    return message_log_prob(S, &m);
}

/* Log density of each element, as seen from outside of the plates. */
static Value log_prob_of(State *S, const Trace *trace, const Site *site) {
    Value v = elements_of(S, site);
    for (int32_t k = site->next; k >= 0; k = trace->sites[k].next)
        v = value_merge(S, trace->sites[k].lanes_on, elements_of(S, &trace->sites[k]), v, site->name->text);
    return site->kind == MESSAGE_PARAM ? v : crossed_value(S, trace, site, v);
}

/* What is one for all plates inside of the trace stays one. */
static Value crossed_brief(State *S, const Trace *trace, const Site *site, Value v) {
    if (!value_is_numeric(v) || !value_has_lanes(v)) return v;
    for (uint32_t k = trace->plates; k < site->n_plates; k++)
        if (layout_has_axis(value_layout(S, v), site_plates(trace, site)[k])) return crossed_value(S, trace, site, v);
    return v;
}

/* ---- Fields of a site ---- */

static Value field_name(State *S, const Trace *trace, const Site *site) {
    (void)S, (void)trace;
    return value_object(site->name);
}

static Value field_kind(State *S, const Trace *trace, const Site *site) {
    (void)trace;
    return value_object(string_of(S, kind_of(site)));
}

static Value field_distribution(State *S, const Trace *trace, const Site *site) {
    return site->kind == MESSAGE_SAMPLE ? crossed_value(S, trace, site, value_object(site->distribution)) : value_none();
}

static Value field_value(State *S, const Trace *trace, const Site *site) {
    return crossed_value(S, trace, site, trace_site_value(S, trace, site));
}

/* Where the site stands on both sides of an `if`, each lane has its own side's. */
static Value field_scale(State *S, const Trace *trace, const Site *site) {
    Value v = site->scale;
    for (int32_t k = site->next; k >= 0; k = trace->sites[k].next)
        v = value_merge(S, trace->sites[k].lanes_on, trace->sites[k].scale, v, "scale");
    return crossed_brief(S, trace, site, v);
}

static Value field_mask(State *S, const Trace *trace, const Site *site) {
    Array *mask = site->mask;
    for (int32_t k = site->next; k >= 0; k = trace->sites[k].next) mask = mask_or(S, mask, trace->sites[k].mask);
    if (mask_all(mask)) return value_boolean(true);
    return crossed_brief(S, trace, site, value_array(mask, 0));
}

static Value field_plates(State *S, const Trace *trace, const Site *site) { return plates_of(S, trace, site); }

static Value field_is_observed(State *S, const Trace *trace, const Site *site) {
    (void)S, (void)trace;
    return value_boolean(site->is_observed);
}

static Value field_line(State *S, const Trace *trace, const Site *site) {
    (void)S, (void)trace;
    if (!site->node || !site->chunk) return value_none();
    return value_number(source_position(&site->chunk->source, site->node->span.start).line);
}

static const struct SiteField {
    const char *name;
    Value (*read)(State *S, const Trace *trace, const Site *site);
} site_fields[] = {
    {"name", field_name},     {"kind", field_kind},   {"distribution", field_distribution}, {"value", field_value},
    {"log_prob", log_prob_of}, {"scale", field_scale}, {"mask", field_mask},                 {"plates", field_plates},
    {"is_observed", field_is_observed}, {"line", field_line},
};
enum { SITE_FIELDS = sizeof site_fields / sizeof *site_fields };

Value site_field(State *S, Object *object, String *name) {
    const Trace *trace = ((SiteValue *)object)->trace;
    const Site *site = &trace->sites[((SiteValue *)object)->index];
    String *names[SITE_FIELDS];
    for (unsigned k = 0; k < SITE_FIELDS; k++) {
        if (strcmp(site_fields[k].name, name->text) == 0) return site_fields[k].read(S, trace, site);
        names[k] = string_of(S, site_fields[k].name);
    }
    field_raise_unknown(S, value_object(object), name, names, SITE_FIELDS);
}

void site_field_names(State *S, Object *object, OfferName *offer, void *user) {
    (void)S, (void)object;
    for (unsigned k = 0; k < SITE_FIELDS; k++) offer(user, site_fields[k].name);
}

void site_print(State *S, Object *object) {
    const SiteValue *v = (SiteValue *)object;
    const Site *site = &v->trace->sites[v->index];
    text_print(S, "<%s site %s>", kind_of(site), site->name->text);
}

/* The event's shape, with the plates left out. */
static void shape_text(State *S, Value v) {
    if (!value_is_numeric(v)) return;
    const Layout *l = value_layout(S, v);
    for (unsigned k = 0; k < l->rank; k++) text_print(S, k ? " × %zu" : "%zu", l->dims[k]);
}

/* As seen from outside of the plates in the trace, and off the tape. */
static Value shown(State *S, const Trace *trace, const Site *site, Value v) {
    return value_detached(value_is_numeric(v) ? crossed_value(S, trace, site, v) : v);
}

/* Of a list with a distribution for each element, the first. */
static void text_of_distribution(State *S, Value v) {
    unsigned depth = 0;
    for (; v.tag == VALUE_LIST && v.as.list->count; v = v.as.list->items[0], depth++) text_print(S, "[");
    text_value(S, v);
    while (depth--) text_print(S, ", …]");
}

static void site_row(State *S, Table *table, const Trace *trace, const Site *site) {
    table_cell(S, table);
    text_print(S, "%s", site->name->text);
    table_cell(S, table);
    text_print(S, "%s", kind_of(site));
    table_cell(S, table);
    if (site->kind == MESSAGE_SAMPLE) text_of_distribution(S, field_distribution(S, trace, site));
    table_cell(S, table);
    shape_text(S, site->value);
    table_cell(S, table);
    for (uint32_t k = trace->plates; k < site->n_plates; k++)
        text_print(S, "%s%s(%zu)", k > trace->plates ? ", " : "", site_plates(trace, site)[k]->name->text, site_plates(trace, site)[k]->size);
    table_cell(S, table);
    text_brief(S, shown(S, trace, site, trace_site_value(S, trace, site)));
    table_cell(S, table);
    bool scores = site->kind == MESSAGE_SAMPLE || site->kind == MESSAGE_FACTOR;
    if (scores) text_brief(S, value_detached(trace_site_score(S, trace, site)));
    table_cell(S, table);
    if (scores) text_brief(S, value_detached(field_scale(S, trace, site)));
}

void trace_print(State *S, Object *object) {
    const Trace *trace = (Trace *)object;
    static const TableColumn columns[] = {{"name", false}, {"kind", false}, {"distribution", false}, {"shape", false},
                                          {"plates", false}, {"value", true}, {"log_prob", true}, {"scale", true}};
    Table table = table_begin(S, columns, 8);
    for (uint32_t k = 0; k < trace->count; k++)
        if (!trace->sites[k].alternative) site_row(S, &table, trace, &trace->sites[k]);
    table_end(S, &table);
}
