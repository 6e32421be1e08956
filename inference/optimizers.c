/* The registry of optimizers: a built-in for each. */
#include "inference/inference.h"
#include "inference/optimizer.h"
#include "runtime/gc.h"
#include "runtime/text.h"

Optimizer *optimizer_new(State *S, const OptimizerRow *row, const Value *arguments) {
    double settings[OPTIMIZER_SETTINGS] = {0};
    row->read(S, arguments, settings);
    Optimizer *optimizer = gc_new(S, VALUE_OPTIMIZER, sizeof *optimizer);
    optimizer->row = row;
    for (int k = 0; k < OPTIMIZER_SETTINGS; k++) optimizer->settings[k] = settings[k];
    return optimizer;
}

Optimizer *optimizer_argument(State *S, Value v) {
    static const Value none[OPTIMIZER_SETTINGS] = {{0}};
    if (v.tag == VALUE_UNASSIGNED) return optimizer_new(S, &optimizer_adam, none);
    if (v.tag != VALUE_OPTIMIZER) native_type_error(S, "svi", "optimizer", "an optimizer like Adam(lr = 0.01)", v);
    return (Optimizer *)v.as.object;
}

void optimizer_print(State *S, Object *object) {
    const Optimizer *optimizer = (Optimizer *)object;
    text_print(S, "%s(", optimizer->row->name);
    for (int k = 0; optimizer->row->setting_names[k]; k++) {
        text_print(S, k ? ", %s = " : "%s = ", optimizer->row->setting_names[k]);
        text_number(S, optimizer->settings[k], 6);
    }
    text_print(S, ")");
}

static Value native_adam(State *S, const Value *a, unsigned n) {
    (void)n;
    return value_object(optimizer_new(S, &optimizer_adam, a));
}

const NativeRow native_optimizers[] = {
    {"Adam", "lr?, betas?, eps?", native_adam, "the optimizer of Kingma and Ba (2015)", false, false},
    {0},
};
