"""The paper's table: every benchmark by every estimator, with baselines and the cost of each number."""
