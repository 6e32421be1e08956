#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/optimizers.csv and tests/data/schedules.csv: what PyTorch's optimizers and schedules do, and Pyro's
ClippedAdam, in double precision.

Each optimizer moves three parameters, of 1, 3 and 4 numbers. "given": along gradients of the loss that are written down below
and do not depend on where the parameters are. "svi": down the loss below, which is minus the ELBO of the model in
tests/check_optimizers.c. The columns t0 ... t7 are the parameters after that step.

Usage: python3 tests/reference/optimizers.py

Elbo's clip_value and clip_norm are torch.nn.utils.clip_grad_value_, then clip_grad_norm_."""
import csv
import math
import pathlib

import torch
from pyro.optim.clipped_adam import ClippedAdam
from torch import optim
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)

KEPT = [1, 2, 3, 4, 5, 10, 20, 30, 40]
START = [[0.5], [1.0, -2.0, 0.25], [1.0, 2.0, 3.0, -4.0]]

OUT = pathlib.Path(__file__).resolve().parents[1] / "data"


def given_gradient(step, k):
    """Exact numbers of many sizes, some of them 0."""
    return ((37 * step + 11 * k * k) % 23 - 11) * 2.0 ** (2 * k - 6)


def loss_of(params):
    a, b, c = params
    mean, scale = torch.tensor([1, -2, 0.5]), torch.tensor([1, 2, 0.5])
    at = torch.tensor([0.0, 1.0, 2.0, 3.0])
    prior = ((a - 3) ** 2).sum() / 2 + (((b - mean) / scale) ** 2).sum() / 2 + ((c - at) ** 2).sum() / 2
    return prior + torch.exp(a / 2).sum() + b.sum() ** 2 / 4 + (c[0] * a[0] + c[3] * b[2]) ** 2 / 8


class Case:
    """An optimizer as Elbo's programs write it, and how PyTorch makes the same."""

    def __init__(self, text, make, schedule=None, norm=None, value=None, groups=None):
        self.text, self.make, self.schedule, self.norm, self.value, self.groups = text, make, schedule, norm, value, groups

    def steps(self, given):
        params = [torch.tensor(x, requires_grad=True) for x in START]
        groups = [{"params": [p], **({} if self.groups is None else self.groups[k])} for k, p in enumerate(params)]
        optimizer = self.make(groups)
        schedule = self.schedule(optimizer) if self.schedule else None
        for step in range(1, KEPT[-1] + 1):
            optimizer.zero_grad()
            if given:
                k = 0
                for p in params:
                    p.grad = torch.tensor([given_gradient(step, k + j) for j in range(len(p))])
                    k += len(p)
            else:
                loss_of(params).backward()
            if self.value:
                torch.nn.utils.clip_grad_value_(params, self.value)
            if self.norm:
                torch.nn.utils.clip_grad_norm_(params, self.norm)
            optimizer.step()
            if schedule:
                schedule.step()
            if step in KEPT:
                yield step, [x for p in params for x in p.tolist()]


def of(kind, **settings):
    return lambda groups: kind(groups, **settings)


CASES = [
    Case("SGD(lr = 0.02)", of(optim.SGD, lr=0.02)),
    Case("SGD(lr = 0.02, weight_decay = 0.3)", of(optim.SGD, lr=0.02, weight_decay=0.3)),
    Case("SGD(lr = 0.01, momentum = 0.9)", of(optim.SGD, lr=0.01, momentum=0.9)),
    Case("SGD(lr = 0.01, momentum = 0.8, dampening = 0.3, weight_decay = 0.1)",
         of(optim.SGD, lr=0.01, momentum=0.8, dampening=0.3, weight_decay=0.1)),
    Case("SGD(lr = 0.01, momentum = 0.9, nesterov = true, weight_decay = 0.1)",
         of(optim.SGD, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1)),
    Case("Adam()", of(optim.Adam)),
    Case("Adam(lr = 0.1)", of(optim.Adam, lr=0.1)),
    Case("Adam(lr = 0.1, betas = [0.5, 0.9], eps = 0.1)", of(optim.Adam, lr=0.1, betas=(0.5, 0.9), eps=0.1)),
    Case("Adam(lr = 0.02, betas = [0, 0.99])", of(optim.Adam, lr=0.02, betas=(0.0, 0.99))),
    Case("AdamW()", of(optim.AdamW)),
    Case("AdamW(lr = 0.1, weight_decay = 0.5, betas = [0.8, 0.95])", of(optim.AdamW, lr=0.1, weight_decay=0.5, betas=(0.8, 0.95))),
    Case("ClippedAdam()", of(ClippedAdam)),
    Case("ClippedAdam(lr = 0.1, lrd = 0.9, clip_norm = 0.7)", of(ClippedAdam, lr=0.1, lrd=0.9, clip_norm=0.7)),
    Case("ClippedAdam(lr = 0.1, betas = [0.8, 0.9], eps = 0.01, weight_decay = 0.2, clip_norm = 2)",
         of(ClippedAdam, lr=0.1, betas=(0.8, 0.9), eps=0.01, weight_decay=0.2, clip_norm=2.0)),
    Case("AdaGrad()", of(optim.Adagrad)),
    Case("AdaGrad(lr = 0.5, lr_decay = 0.1, weight_decay = 0.2, initial_accumulator = 0.7, eps = 0.001)",
         of(optim.Adagrad, lr=0.5, lr_decay=0.1, weight_decay=0.2, initial_accumulator_value=0.7, eps=0.001)),
    Case("RMSProp()", of(optim.RMSprop)),
    Case("RMSProp(lr = 0.05, alpha = 0.9, weight_decay = 0.1, eps = 0.001)",
         of(optim.RMSprop, lr=0.05, alpha=0.9, weight_decay=0.1, eps=0.001)),
    Case("RMSProp(lr = 0.02, alpha = 0.9, momentum = 0.7, centered = true, eps = 0.01)",
         of(optim.RMSprop, lr=0.02, alpha=0.9, momentum=0.7, centered=True, eps=0.01)),
    Case("SGD(lr = exponential_decay(0.05, 0.9))", of(optim.SGD, lr=0.05), lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
    Case("Adam(lr = cosine_decay(0.1, 40, floor = 0.01))", of(optim.Adam, lr=0.1), lambda o: lr_scheduler.CosineAnnealingLR(o, 40, 0.01)),
    Case("AdamW(lr = step_decay(0.1, 7, rate = 0.3), weight_decay = 0.5)", of(optim.AdamW, lr=0.1, weight_decay=0.5),
         lambda o: lr_scheduler.StepLR(o, 7, 0.3)),
    Case("RMSProp(lr = robbins_monro(0.1, offset = 3, power = 0.7))", of(optim.RMSprop, lr=0.1),
         lambda o: lr_scheduler.LambdaLR(o, lambda step: (1 + step / 3) ** -0.7)),
    Case("SGD(lr = fn(step) { 0.05 / (1 + step) })", of(optim.SGD, lr=0.05), lambda o: lr_scheduler.LambdaLR(o, lambda step: 1 / (1 + step))),
    Case("SGD(lr = 0.05, clip_norm = 1.5)", of(optim.SGD, lr=0.05), norm=1.5),
    Case("SGD(lr = 0.05, momentum = 0.5, clip_value = 0.8)", of(optim.SGD, lr=0.05, momentum=0.5), value=0.8),
    Case("Adam(lr = 0.05, clip_norm = 1, clip_value = 0.8)", of(optim.Adam, lr=0.05), norm=1.0, value=0.8),
    Case("Adam(lr = 0.05, params = {b: {lr: 0.2, betas: [0.5, 0.9]}, c: {eps: 0.1}})", of(optim.Adam, lr=0.05),
         groups=[{}, {"lr": 0.2, "betas": (0.5, 0.9)}, {"eps": 0.1}]),
    Case("SGD(lr = 0.02, momentum = 0.9, clip_norm = 2, params = {a: {lr: exponential_decay(0.1, 0.8)}, c: {momentum: 0, weight_decay: 0.5}})",
         of(optim.SGD, lr=0.02, momentum=0.9), lambda o: lr_scheduler.LambdaLR(o, [lambda step: 0.8**step, lambda step: 1, lambda step: 1]), norm=2.0,
         groups=[{"lr": 0.1}, {}, {"momentum": 0, "weight_decay": 0.5}]),
    Case("AdaGrad(lr = 0.3, params = {b: {initial_accumulator: 2}})", None),
]


def adagrad_of_two(groups):
    """PyTorch's AdaGrad starts all groups alike; a start of its own is set by hand."""
    optimizer = optim.Adagrad(groups, lr=0.3)
    optimizer.state[groups[1]["params"][0]]["sum"].fill_(2)
    return optimizer


CASES[-1].make = adagrad_of_two

with open(OUT / "optimizers.csv", "w", newline="") as file:
    out = csv.writer(file, delimiter=";", lineterminator="\n")
    out.writerow(["optimizer", "gradients", "step"] + [f"t{k}" for k in range(8)])
    for case in CASES:
        for given in (True, False):
            for step, theta in case.steps(given):
                out.writerow([case.text, "given" if given else "svi", step] + [repr(x) for x in theta])


def schedule_values(make, lr, steps):
    optimizer = optim.SGD([torch.tensor([0.0], requires_grad=True)], lr=lr)
    schedule = make(optimizer)
    for step in range(steps):
        if hasattr(schedule, "_get_closed_form_lr"):
            schedule.last_epoch = step
            yield step, schedule._get_closed_form_lr()[0]
        else:
            yield step, lr * schedule.lr_lambdas[0](step)


SCHEDULES = [
    ("exponential_decay(0.05, 0.9)", lambda o: lr_scheduler.ExponentialLR(o, 0.9), 0.05, 60),
    ("exponential_decay(2, 1)", lambda o: lr_scheduler.ExponentialLR(o, 1.0), 2.0, 3),
    ("cosine_decay(0.1, 50)", lambda o: lr_scheduler.CosineAnnealingLR(o, 50), 0.1, 51),
    ("cosine_decay(0.3, 7, floor = 0.02)", lambda o: lr_scheduler.CosineAnnealingLR(o, 7, 0.02), 0.3, 8),
    ("step_decay(0.1, 10)", lambda o: lr_scheduler.StepLR(o, 10, 0.1), 0.1, 60),
    ("step_decay(1, 3, rate = 0.5)", lambda o: lr_scheduler.StepLR(o, 3, 0.5), 1.0, 20),
    ("robbins_monro(0.1)", lambda o: lr_scheduler.LambdaLR(o, lambda step: math.pow(1 + step, -0.6)), 0.1, 30),
    ("robbins_monro(0.2, offset = 10, power = 1)", lambda o: lr_scheduler.LambdaLR(o, lambda step: 1 / (1 + step / 10)), 0.2, 30),
]

with open(OUT / "schedules.csv", "w", newline="") as file:
    out = csv.writer(file, delimiter=";", lineterminator="\n")
    out.writerow(["schedule", "step", "lr"])
    for text, make, lr, steps in SCHEDULES:
        for step, value in schedule_values(make, lr, steps):
            out.writerow([text, step, repr(float(value))])
