/* Where a number lies whatever the params are: an interval, worked out operation by operation while svi looks at a program
   (runtime/probe.h). */
#ifndef ELBO_RUNTIME_RANGE_H
#define ELBO_RUNTIME_RANGE_H

#include "runtime/kernel.h"

/* An end is open when it is met at single points at most, as 0 is by abs(x). */
typedef struct Range {
    double low, high;
    bool low_open, high_open;
} Range;

/* Any number; one number. */
Range range_any(void);
Range range_of_number(double x);
/* The smallest range that holds both. */
Range range_hull(Range a, Range b);
Range range_scaled(Range a, double factor);
/* Whether all of it is at least 0, no more than single points being 0 itself if `open`. */
bool range_is_nonnegative(Range a, bool open);
bool range_within(Range a, double low, double high);

/* The range of row(arguments). `same`: both arguments are one value; `part`: the second is a sum of numbers that are not
   negative, and the first is one of them. */
Range range_elementwise(const Elementwise *row, const Range arguments[], bool same, bool part);

#endif
