/* What happens before the first step. */
#include "inference/diagnose.h"
#include "inference/update.h"

void svi_prepare(State *S, Fit *fit, const Value *arguments, unsigned n) {
    Record *values = record_new(S, 8), *constraints = record_new(S, 8);
    stack_push(S, value_object(values));
    stack_push(S, value_object(constraints));
    bool silent = S->silent;
    S->silent = S->probing = true;
    tape_begin(S);
    Trace *q = inference_probe(S, fit->guide, NULL, arguments, n);
    stack_push(S, value_object(q));
    inference_collect(S, q, values, constraints);
    Trace *p = inference_probe(S, fit->model, q, arguments, n);
    stack_push(S, value_object(p));
    S->silent = silent;
    S->probing = false;
    diagnose_start(S, fit, p, q);
    tape_end(S);
    inference_collect(S, p, values, constraints);
    fit_set_params(S, fit, values, constraints);
    update_start(S, fit);
    stack_pop(S, 4);
}
