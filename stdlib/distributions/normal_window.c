/* SPDX-License-Identifier: GPL-3.0-or-later
   The standard normal distribution between a and b.

   The logarithm of the window's probability is a difference of two tails where these differ enough; else, and for moments, the
   window is integrated by Gauss and Legendre relative to the density at the point of it that is next to 0, so that neither
   the density's smallness nor the window's costs digits. */
#include "stdlib/distributions/normal_window.h"

#include <stdbool.h>

#include "runtime/kernels/normal_tail.h"
#include "runtime/kernels/vector.h"

#define LOG_ROOT_2_PI 0.91893853320467274178

enum { NODES = 64 };

/* Gauss-Legendre's positive nodes and their weights. */
static const double node[NODES / 2] = {
    0.02435029266342443251, 0.07299312178779903945, 0.1214628192961205545, 0.169644420423992818, 0.2174236437400070841,
    0.2646871622087674164, 0.3113228719902109562, 0.357220158337668116, 0.4022701579639916037, 0.446366017253464088,
    0.4894031457070529575, 0.5312794640198945457, 0.5718956462026340343, 0.6111553551723932502, 0.6489654712546573399,
    0.6852363130542332426, 0.7198818501716108268, 0.7528199072605318966, 0.7839723589433414076, 0.8132653151227975597,
    0.8406292962525803628, 0.8659993981540928198, 0.8893154459951141059, 0.9105221370785028058, 0.9295691721319395758,
    0.9464113748584028161, 0.9610087996520537189, 0.9733268277899109637, 0.9833362538846259569, 0.9910133714767443207,
    0.9963401167719552793, 0.9993050417357721395
};
static const double weight[NODES / 2] = {
    0.04869095700913972038, 0.04857546744150342693, 0.04834476223480295717, 0.04799938859645830773, 0.04754016571483030866,
    0.04696818281621001733, 0.0462847965813144173, 0.04549162792741814448, 0.04459055816375656306, 0.04358372452932345338,
    0.04247351512365358901, 0.04126256324262352861, 0.03995374113272034139, 0.03855015317861562913, 0.03705512854024004604,
    0.03547221325688238381, 0.03380516183714160939, 0.03205792835485155359, 0.03023465707240247887, 0.02833967261425948323,
    0.02637746971505465867, 0.02435270256871087334, 0.02227017380838325416, 0.02013482315353020937, 0.01795171577569734309,
    0.01572603047602471932, 0.0134630478967186426, 0.01116813946013112882, 0.008846759826363947723, 0.006504457968978362856,
    0.004147033260562467635, 0.001783280721696432947
};

/* A window and its density relative to that at `from`, the point next to 0, for x = from + sign t, 0 <= t <= length. */
typedef struct Window {
    double from, sign, start, length;
} Window;

/* Beyond 40 e-foldings nothing is left: t (from + t / 2) = 40. A window around 0 is cut at 9 on either side. */
static Window window_of(double a, double b) {
    Window w = {0, 1, 0, 0};
    if (a >= 0 || b <= 0) {
        w.sign = a >= 0 ? 1 : -1;
        w.from = a >= 0 ? a : -b;
        double end = a >= 0 ? b : -a, most = 80 / (w.from + sqrt(w.from * w.from + 80));
        w.length = end - w.from < most ? end - w.from : most;
        return w;
    }
    w.start = a < -9 ? -9 : a;
    w.length = (b > 9 ? 9 : b) - w.start;
    return w;
}

/* Sums over the window: of the density relative to that at `from`, of it times d = x - centre (where `centre` is a distance from
   `from`, signed as t), of it times d^2, and of it times (x^2 - from^2) / 2. */
typedef struct Sums {
    double mass, first, second, energy;
} Sums;

ELBO_CLONES static Sums sums_of(Window w, double centre) {
    double t[NODES], e[NODES], half = 0.5 * w.length;
    Sums s = {0, 0, 0, 0};
    for (int i = 0; i < NODES / 2; i++) {
        t[i] = w.start + half * (1 - node[i]);
        t[NODES / 2 + i] = w.start + half * (1 + node[i]);
    }
    for (int i = 0; i < NODES; i++) e[i] = exp(-t[i] * (w.from + 0.5 * t[i]));
    for (int i = 0; i < NODES; i++) {
        double p = half * weight[i % (NODES / 2)] * e[i], d = t[i] - centre;
        s.mass += p;
        s.first += p * d;
        s.second += p * d * d;
        s.energy += p * t[i] * (w.from + 0.5 * t[i]);
    }
    return s;
}

/* ---- Probability ---- */

static double log_tail(double x) {
    double hazard;
    return x == INFINITY ? 0 : x == -INFINITY ? -INFINITY : normal_log_cdf(x, &hazard);
}

/* Its logarithm, and the densities at the ends within the window, none of which comes from a difference of large logarithms. */
typedef struct Mass {
    double log, at_low, at_high;
} Mass;

static double bell(double x) { return fabs(x) < 1e150 ? 0.39894228040143267794 * exp(-0.5 * x * x) : 0; }

/* For low <= 0, low < high. */
static Mass mass_of(double low, double high) {
    double hazard = 0, below = log_tail(low), up = high == INFINITY ? 0 : normal_log_cdf(high, &hazard);
    if (low == -INFINITY) return (Mass){up, 0, hazard};
    if (high > 0) {
        double outside = exp(below) + exp(log_tail(-high));
        if (outside < 0.5) return (Mass){log1p(-outside), bell(low) / (1 - outside), bell(high) / (1 - outside)};
    }
    if (below - up < -1) {
        double share = 1 - exp(below - up), at_high = hazard / share;
        double ratio = high < INFINITY ? exp(0.5 * (high - low) * (high + low)) : 0;
        return (Mass){up + log1p(-exp(below - up)), high < INFINITY ? at_high * ratio : bell(low) / share, at_high};
    }
    double from = high > 0 ? 0 : high, sum = sums_of(window_of(low, high), 0).mass;
    return (Mass){-0.5 * from * from - LOG_ROOT_2_PI + log(sum), exp(-0.5 * (low - from) * (low + from)) / sum,
                  exp(-0.5 * (high - from) * (high + from)) / sum};
}

static void log_mass_dual(size_t n, double *restrict out, double *const partial[], const double *const in[]) {
    for (size_t i = 0; i < n; i++) {
        double a = in[0][i], b = in[1][i];
        bool mirrored = a > 0;
        Mass m = {a == b ? -INFINITY : NAN, 0, 0};
        if (a < b) m = mirrored ? mass_of(-b, -a) : mass_of(a, b);
        out[i] = m.log;
        if (partial[0]) partial[0][i] = -(mirrored ? m.at_high : m.at_low);
        if (partial[1]) partial[1][i] = mirrored ? m.at_low : m.at_high;
    }
}

/* ---- Moments ---- */

/* Mean as a distance from `from` (signed), variance, entropy, and the densities at the ends. */
typedef struct Moments {
    double mean, offset, variance, entropy, energy, at_a, at_b;
    Window window;
} Moments;

static Moments moments_of(double a, double b) {
    Window w = window_of(a, b);
    Sums s = sums_of(w, 0);
    Moments m = {.offset = s.first / s.mass, .window = w};
    double mass = s.mass;
    m.energy = s.energy / mass;
    s = sums_of(w, m.offset);
    m.variance = s.second / mass;
    m.mean = w.sign * (w.from + m.offset);
    m.entropy = log(mass) + m.energy;
    double t_a = w.sign * a - w.from, t_b = w.sign * b - w.from;
    m.at_a = fabs(a) < INFINITY ? exp(-t_a * (w.from + 0.5 * t_a)) / mass : 0;
    m.at_b = fabs(b) < INFINITY ? exp(-t_b * (w.from + 0.5 * t_b)) / mass : 0;
    return m;
}

/* The mean of g moves with an end by the density there, times how far g there is from its mean. */
static double by_end(const Moments *m, double x, bool upper, int which) {
    double p = upper ? m->at_b : -m->at_a, d = m->window.sign * x - m->window.from - m->offset;
    if (p == 0) return 0;
    double t = m->window.sign * x - m->window.from;
    if (which == 0) return p * d * m->window.sign;
    if (which == 1) return p * (d * d - m->variance);
    return p * (1 + t * (m->window.from + 0.5 * t) - m->energy);
}

static void moment_dual(size_t n, double *restrict out, double *const partial[], const double *const in[], int which) {
    for (size_t i = 0; i < n; i++) {
        double a = in[0][i], b = in[1][i];
        Moments m = moments_of(a, b);
        out[i] = a < b ? (which == 0 ? m.mean : which == 1 ? m.variance : m.entropy) : NAN;
        if (partial[0]) partial[0][i] = by_end(&m, a, false, which);
        if (partial[1]) partial[1][i] = by_end(&m, b, true, which);
    }
}

static void mean_dual(size_t n, double *restrict out, double *const partial[], const double *const in[]) { moment_dual(n, out, partial, in, 0); }
static void variance_dual(size_t n, double *restrict out, double *const partial[], const double *const in[]) { moment_dual(n, out, partial, in, 1); }
static void entropy_dual(size_t n, double *restrict out, double *const partial[], const double *const in[]) { moment_dual(n, out, partial, in, 2); }

#define VALUE_OF(name) \
    static void name##_value(size_t n, double *restrict out, const double *const in[]) { name##_dual(n, out, (double *[2]){NULL, NULL}, in); }
VALUE_OF(log_mass)
VALUE_OF(mean)
VALUE_OF(variance)
VALUE_OF(entropy)

const Elementwise normal_window_log_mass = {.name = "log_mass", .arity = 2, .value = log_mass_value, .dual = log_mass_dual};
const Elementwise normal_window_mean = {.name = "mean", .arity = 2, .value = mean_value, .dual = mean_dual};
const Elementwise normal_window_variance = {.name = "variance", .arity = 2, .value = variance_value, .dual = variance_dual};
const Elementwise normal_window_entropy = {.name = "entropy", .arity = 2, .value = entropy_value, .dual = entropy_dual};
