/* uncondition(f): observed sites are drawn. */
#include "runtime/array.h"
#include "runtime/trace.h"

static void before(State *S, HandlerFrame *frame, Message *m) {
    (void)frame;
    if (m->kind != MESSAGE_SAMPLE || !m->is_observed) return;
    /* As many draws as there were data. */
    const Layout *data = value_layout(S, m->value);
    if (data->rank > m->distribution->layout->rank) m->event = layout_intern(S, 0, NULL, data->rank, data->dims);
    m->is_observed = false;
    m->value = value_unassigned();
    m->scored = value_unassigned();
}

const HandlerRow handler_uncondition = {
    .name = "uncondition",
    .signature = "",
    .before = before,
    .effects = {[EFFECT_OBSERVED] = "drawn"},
    .help = "uncondition(f): observed sites are drawn (prior predictive)",
};
