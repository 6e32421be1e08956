/* The registry of schedules: a row each. */
#include "inference/schedule.h"

#include <math.h>

#include "inference/inference.h"
#include "runtime/gc.h"
#include "runtime/operations.h"
#include "runtime/text.h"

/* lr * rate^step: ExponentialLR of PyTorch. */
static double exponential_value(const double s[], double step) { return s[0] * pow(s[1], step); }
static const Hyper exponential_settings[] = {
    {"lr", HYPER_NUMBER, RANGE_NOT_NEGATIVE, NAN, 0},
    {"rate", HYPER_NUMBER, RANGE_FACTOR, NAN, 0},
    {0},
};

/* Half a cosine from lr down to the floor, where it stays (Loshchilov and Hutter, SGDR, 2017, equation 5, without restarts):
   CosineAnnealingLR of PyTorch up to `steps`. */
static double cosine_value(const double s[], double step) {
    double lr = s[0], steps = s[1], least = s[2];
    if (step >= steps) return least;
    return least + (lr - least) * (1 + cos(3.14159265358979323846 * step / steps)) / 2;
}
static void cosine_check(State *S, const double s[]) {
    if (s[2] > s[0])
        error_raise(S, "bad-argument", "The rate goes from lr down to floor.", "floor of cosine_decay is %.15g, which is above lr, %.15g", s[2], s[0]);
}
static const Hyper cosine_settings[] = {
    {"lr", HYPER_NUMBER, RANGE_NOT_NEGATIVE, NAN, 0},
    {"steps", HYPER_WHOLE, RANGE_POSITIVE, NAN, 0},
    {"floor", HYPER_NUMBER, RANGE_NOT_NEGATIVE, 0, 0},
    {0},
};

/* lr, multiplied by rate after every so many steps: StepLR of PyTorch. */
static double step_value(const double s[], double step) { return s[0] * pow(s[2], floor(step / s[1])); }
static const Hyper step_settings[] = {
    {"lr", HYPER_NUMBER, RANGE_NOT_NEGATIVE, NAN, 0},
    {"every", HYPER_WHOLE, RANGE_POSITIVE, NAN, 0},
    {"rate", HYPER_NUMBER, RANGE_FACTOR, 0.1, 0},
    {0},
};

/* Robbins and Monro, A stochastic approximation method, Annals of Mathematical Statistics 1951: the rates add up to infinity,
   their squares do not. */
static double robbins_monro_value(const double s[], double step) { return s[0] * pow(1 + step / s[1], -s[2]); }
static const Hyper robbins_monro_settings[] = {
    {"lr", HYPER_NUMBER, RANGE_NOT_NEGATIVE, NAN, 0},
    {"offset", HYPER_NUMBER, RANGE_POSITIVE, 1, 0},
    {"power", HYPER_NUMBER, RANGE_POWER, 0.6, 0},
    {0},
};

const ScheduleRow schedule_rows[] = {
    {"exponential_decay", exponential_settings, NULL, exponential_value, "lr * rate^step"},
    {"cosine_decay", cosine_settings, cosine_check, cosine_value, "half a cosine from lr down to floor in so many steps"},
    {"step_decay", step_settings, NULL, step_value, "lr, multiplied by rate after every so many steps"},
    {"robbins_monro", robbins_monro_settings, NULL, robbins_monro_value, "lr * (1 + step / offset)^-power"},
    {0},
};

static Value schedule_make(State *S, const void *what, const Value *arguments, unsigned n) {
    (void)n;
    const ScheduleRow *row = what;
    double settings[SCHEDULE_SETTINGS] = {0};
    hyper_read_all(S, row->name, row->settings, arguments, settings);
    if (row->check) row->check(S, settings);
    Schedule *schedule = gc_new(S, VALUE_SCHEDULE, sizeof *schedule);
    schedule->row = row;
    for (int k = 0; k < SCHEDULE_SETTINGS; k++) schedule->settings[k] = settings[k];
    return value_object(schedule);
}

void schedule_natives(State *S) {
    for (const ScheduleRow *row = schedule_rows; row->name; row++) {
        char signature[200];
        hyper_signature(row->settings, signature, sizeof signature);
        native_add(S, row->name, signature, schedule_make, row, "schedules", row->help);
    }
}

void schedule_print(State *S, Object *object) {
    const Schedule *schedule = (Schedule *)object;
    text_print(S, "%s(", schedule->row->name);
    for (const Hyper *s = schedule->row->settings; s->name; s++)
        hyper_print(S, s, schedule->settings + (s - schedule->row->settings), s == schedule->row->settings);
    text_print(S, ")");
}

static double value_at(State *S, const Schedule *schedule, double step) {
    if (!(step >= 0))
        error_raise(S, "bad-argument", "Steps are counted from 0.", "%s has no value at step %.15g", schedule->row->name, step);
    return schedule->row->value(schedule->settings, step);
}

Value schedule_call(State *S, Object *object, const Value *arguments, unsigned n) {
    const Schedule *schedule = (Schedule *)object;
    if (n != 1)
        error_raise(S, n ? "too-many-arguments" : "missing-argument", NULL, "a schedule takes one argument, the step, and got %u", n);
    Value v = arguments[0];
    if (v.tag != VALUE_ARRAY || v.as.array->layout->n_axes) return value_number(value_at(S, schedule, value_to_number(S, v, "the step of a schedule")));
    Array *rates = array_zero(S, v.as.array->layout);
    for (size_t k = 0; k < rates->layout->components; k++) rates->data[k] = value_at(S, schedule, v.as.array->data[k]);
    return value_array(rates, 0);
}

/* ---- Learning rates ---- */

bool rate_is(Value v) { return v.tag == VALUE_NUMBER || v.tag == VALUE_SCHEDULE || value_is_callable(v); }

double rate_at(State *S, Value rate, uint64_t step) {
    if (rate.tag == VALUE_NUMBER) return rate.as.number;
    if (rate.tag == VALUE_SCHEDULE) {
        const Schedule *schedule = (Schedule *)rate.as.object;
        return schedule->row->value(schedule->settings, (double)step);
    }
    Value argument = value_number((double)step), v = call_value(S, rate, &argument, 1);
    double lr = value_to_number(S, v, "the value of lr, a function of the step,");
    if (!(lr >= 0 && isfinite(lr)))
        error_raise(S, "bad-argument", "A learning rate is a finite number that is at least 0.", "lr is %.15g at step %llu", lr,
                    (unsigned long long)step);
    return lr;
}
