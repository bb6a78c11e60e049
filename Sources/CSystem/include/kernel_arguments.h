/// Argument structures of the compute kernels (see Sources/KernelsBaseline).
///
/// Float arrays are padded to multiples of 16 floats per row unless said otherwise, and should be aligned to
/// 64 bytes for speed. Spike masks are rows of 64-bit words; bit j of word w belongs to neuron 64 w + j.
#ifndef RFGSNN_KERNEL_ARGUMENTS_H
#define RFGSNN_KERNEL_ARGUMENTS_H

#include <stdint.h>

/// Columns of a panel of weights; the last panel has what is left. The rows of 64 neurons of a panel fit into the nearest
/// cache, and lie side by side: rows of a wide matrix may be so far apart that they push each other out of it.
#define RFGK_PANEL 128

/// Columns of a block of tables: those of 64 neurons are 32 KiB.
#define RFGK_TABLE_COLUMNS 32
/// Above which part of 256 presynaptic neurons tables are faster than rows.
#define RFGK_TABLE_DENSITY 92

/// A product of a matrix of which fewer elements than this many of 256 are not zero leaves the zeros out.
#define RFGK_SPARSE_DENSITY 115

/// Surrogate derivative factors, and each neuron's own sensitivity to a constant current (kernel
/// `surrogateFactors`).
///
/// Shapes with p = peak, a = |x|: gaussian p exp(-pi p^2 x^2); fast sigmoid p / (1 + 2 p a)^2; arctangent p
/// / (1 + (pi p x)^2); sigmoid k s(k x) (1 - s(k x)) with k = 4 p; triangle max(0, p (1 - p a)); boxcar p
/// where a <= 1 / (2 p). Every shape has area 1.
typedef struct rfgk_surrogate {
  int64_t count;     ///< Elements, a multiple of 16.
  int32_t kind;      ///< 0 gaussian, 1 fast sigmoid, 2 arctangent, 3 sigmoid, 4 triangle, 5 boxcar.
  int32_t ternary;   ///< 0 or 1.
  int32_t hard_reset; ///< 0 or 1.
  int32_t cut_reset; ///< 0 or 1: rho is 1 (soft, none) or 1 - |s| (hard), without what a spike's reset does.
  float peak;        ///< psi(0) > 0.
  float threshold;
  float leak;
  const float *potential; ///< u~.
  float *psi;        ///< out: psi(u~ - threshold), plus psi(-u~ - threshold) if ternary; or NULL.
  /// out: du/du~; soft 1 - threshold psi; hard (1 - |s|) - u~ (psi_positive - psi_negative); or NULL.
  float *rho;
  float *sensitivity; ///< in/out du: du~ = leak du + 1, du = rho du~; or NULL.
  float *sensitivity_sum; ///< += psi du~; NULL if and only if `sensitivity` is.
  const float *kept; ///< One number: what `sensitivity_sum` is multiplied by before; or NULL: 1.
} rfgk_surrogate;

/// Time steps of one LIF layer for a tile of samples (kernel `integrateAndFire`).
///
/// I = base + sum of weight rows of the presynaptic spikes; u~ = leak u + I; s = [u~ >= threshold], minus
/// [-u~ >= threshold] if ternary; then u = u~ - threshold s (soft reset), 0 where s != 0 (hard reset), or u~ (none).
///
/// Rows are samples; those of one time step follow those of the one before, `step_rows` apart. Rows between `samples` and
/// `step_rows` must be there, in masks and currents, and their presynaptic masks be 0.
///
/// The factors of the surrogate can be had at once, for binary neurons' sensitivities while potentials are in registers:
/// the same bits as from `surrogateFactors` after it.
typedef struct rfgk_integrate {
  int32_t samples;   ///< Rows of a time step.
  int32_t padded;    ///< Neurons, a multiple of 16.
  int32_t in_words;  ///< Words of presynaptic spikes per row; 0: none, the current is `base` alone.
  int32_t out_words; ///< Words of the output masks per row, at least padded / 64 rounded up.
  int32_t steps;     ///< At least 1.
  int32_t step_rows; ///< Rows from one time step to the next; not looked at if steps is 1.
  int32_t ternary;   ///< 0 or 1.
  int32_t hard_reset; ///< 0 or 1.
  int32_t no_reset;   ///< 0 or 1; then not hard_reset.
  float leak;
  float threshold;
  const float *base; ///< [samples][base_stride], the same at all time steps.
  int64_t base_stride; ///< 0: one row for all samples.
  /// [panels][presynaptic][columns of the panel], see RFGK_PANEL; may be NULL if in_words is 0.
  const float *weights;
  int64_t panel_stride; ///< Floats from one panel to the next.
  /// What `fillTables` made of the weights, or NULL; for binary spikes. A row of which more than RFGK_TABLE_DENSITY / 256 of
  /// the presynaptic neurons spike is summed from them.
  const float *tables;
  int32_t table_pieces; ///< 16 presynaptic neurons each.
  const uint64_t *in_positive; ///< [steps][rows][in_words]; may be NULL if in_words is 0.
  const uint64_t *in_negative; ///< [steps][rows][in_words], or NULL for binary spikes.
  float *currents;   ///< Scratch [steps][rows][padded]; may be NULL if in_words is 0 and `surrogate` is NULL.
  float *membrane;   ///< [samples][padded] in: u[t-1], out: u[t] after reset.
  float *potential; ///< [samples][padded] out: u~ before reset, of the last step; or NULL.
  uint64_t *out_positive; ///< [steps][rows][out_words]; unused bits become zero.
  uint64_t *out_negative; ///< [steps][rows][out_words], or NULL for binary spikes.
  float *count;      ///< [samples][padded] += s.
  const float *kept; ///< [steps] what `count` and sums of sensitivities are multiplied by before; or NULL: 1.
  /// What is to be had of the potentials; its `count`, `potential`, `kept`, and neuron model are not looked at.
  /// Sensitivities are [samples][padded], psi and rho [steps][rows][padded]. Or NULL.
  const rfgk_surrogate *surrogate;
} rfgk_integrate;

/// Philox key and words 1 to 3 of its counter; word 0 is the index of the block.
typedef struct rfgk_counter {
  uint32_t key0;
  uint32_t key1;
  uint32_t word1;
  uint32_t word2;
  uint32_t word3;
} rfgk_counter;

/// Surrogate factors of a tile whose psi is sampled (kernel `sampledFactors`).
///
/// In the place of the Gaussian psi(x) of standard deviation w = 1 / (peak sqrt(2 pi)) stands
///
///     (1/M) sum_m (H(x + w xi_m) - H(x - w xi_m)) xi_m / (2 w) = (1 / (2 w M)) sum of |xi_m| where w |xi_m| > |x|
///
/// with M = pairs standard normal numbers of each neuron and sample, the same for both thresholds of a ternary one.
/// Numbers 4 q to 4 q + 3 of neuron j are those that `fillGaussian` makes of block (j / 16 * blocks + q) * 16 + j % 16,
/// blocks = pairs / 4 rounded up, with word 1 = counter.word1 + row.
typedef struct rfgk_sampled {
  rfgk_surrogate factors; ///< As for `surrogateFactors`; count = rows * padded, kind is not looked at.
  int32_t padded;         ///< Neurons, a multiple of 16.
  int32_t pairs;          ///< M >= 1.
  rfgk_counter counter;
} rfgk_sampled;

/// Masked surrogate factors (kernel `maskFactors`).
///
/// With m = 1 / keep with probability keep, else 0: psi becomes m psi, and rho = r + (rho - r) becomes r + m (rho - r) with
/// r = 1 (soft), 1 - |s| (hard). Then sensitivities, if there are any, move on as in `surrogateFactors`. Neuron j is
/// kept if (word j / 16 % 4 of block j / 64 * 16 + j % 16) / 2^32, cut to 23 bits, is below keep; word 1 of the counter
/// is counter.word1 + row.
typedef struct rfgk_mask {
  rfgk_surrogate factors; ///< As for `surrogateFactors`, psi and rho in/out; kind and peak are not looked at.
  int32_t padded;         ///< Neurons, a multiple of 16.
  float keep;             ///< In (0, 1).
  rfgk_counter counter;
} rfgk_mask;

/// Each neuron's sensitivity to the logarithm of its surrogate's width (kernel `widthSensitivities`).
///
/// The spike is H(x) forwards and the antiderivative S of psi in derivatives; as S is a function of x / w, dS/dlog w =
/// -x psi(x). With q = -x psi(x), of both thresholds if ternary, and the factors psi and rho of this time step:
/// du~ = leak du, ds = psi du~ + q, du = rho du~ - threshold q (soft) or rho du~ - u~ (d|s|) with d|s| the sum of the
/// two thresholds' own q (hard).
typedef struct rfgk_width {
  int64_t count;       ///< Elements, a multiple of 16.
  int32_t kind;        ///< As in `rfgk_surrogate`.
  int32_t ternary;     ///< 0 or 1.
  int32_t hard_reset;  ///< 0 or 1.
  int32_t cut_reset;   ///< 0 or 1: du = rho du~ alone.
  float peak;          ///< psi(0) > 0.
  float threshold;
  float leak;
  const float *potential; ///< u~.
  const float *psi;
  const float *rho;
  float *sensitivity;  ///< in/out du.
  float *sensitivity_sum; ///< += ds.
} rfgk_width;

/// Time steps of the tangents of one layer (kernel `advanceTangents`).
///
/// du~ = leak du + dI with dI = constant + current, then ds = psi du~ and du = rho du~.
typedef struct rfgk_tangent {
  int32_t directions;
  int32_t steps;
  int32_t constant_first; ///< The first direction that has a constant current,
  int32_t constant_last;  ///< and the first after them that has none.
  int32_t current_last;   ///< Directions below this one have a current that varies.
  int64_t count;       ///< samples * padded, contiguous, a multiple of 16.
  int64_t step;        ///< Floats from one time step to the next in psi, rho, current and spike; >= count.
  int64_t direction;   ///< Floats from one direction to the next in current and spike.
  float leak;
  const float *psi;    ///< [steps][count]
  const float *rho;    ///< [steps][count]
  const float *constant; ///< [constant_last - constant_first][count]
  const float *current; ///< [current_last][steps][count]
  float *membrane;     ///< [directions][count] in/out: du.
  float *spike;        ///< [directions][steps][count] out: ds.
  float *spike_sum; ///< [directions][count] += ds of all steps, or NULL.
  const float *kept; ///< [steps] what `spike_sum` is multiplied by before; or NULL: 1.
} rfgk_tangent;

/// out[s] += matrix rows where sample s has a spike, minus rows where it has a negative one (kernel
/// `addRows`).
typedef struct rfgk_rows {
  int32_t samples;
  int32_t padded;      ///< Columns, a multiple of 16.
  int32_t words;       ///< Words per mask row; the matrix has a row for every set bit.
  const uint64_t *positive; ///< [samples][words]
  const uint64_t *negative; ///< [samples][words], or NULL.
  const float *matrix; ///< [rows][padded]
  float *out;          ///< [samples][out_stride]
  int64_t out_stride;
} rfgk_rows;

/// Tables of sums of weight rows (kernel `fillTables`): of each four presynaptic neurons the sixteen sums of the rows of
/// those that spike, bit j of the index being neuron 4 group + j.
typedef struct rfgk_tables {
  int32_t presynaptic;  ///< Rows of the weights; those beyond count as 0.
  int32_t padded;       ///< Columns, a multiple of 16.
  int32_t pieces;       ///< 16 presynaptic neurons each: presynaptic / 16, rounded up.
  const float *weights; ///< [presynaptic][padded]
  float *tables;        ///< [blocks of RFGK_TABLE_COLUMNS][4 pieces][16][columns of the block]
} rfgk_tables;

/// Columns that `scatterRows` takes at once.
#define RFGK_SCATTER_COLUMNS 64

/// matrix[p] += source[row] for every spike p of the row, minus it for every negative one (kernel
/// `scatterRows`).
typedef struct rfgk_scatter {
  int64_t rows;
  int32_t padded;       ///< Columns, a multiple of 16.
  int32_t words;        ///< Words per mask row.
  int32_t first_column; ///< A multiple of 16.
  int32_t last_column;  ///< A multiple of 16; columns before it are updated.
  const uint64_t *positive; ///< [rows][words]
  const uint64_t *negative; ///< [rows][words], or NULL.
  const float *source;  ///< [rows][padded]
  float *matrix;        ///< [presynaptic][padded]
  float *row_scratch;   ///< [64][RFGK_SCATTER_COLUMNS]
  uint64_t *mask_scratch; ///< [2][64]
} rfgk_scatter;

/// C = (accumulate ? C : 0) + A B (kernel `multiply`).
///
/// Every element is summed over p = 0, 1, ..., k-1 in this order whatever m and n are, so bits do not
/// depend on how rows or columns are shared out.
typedef struct rfgk_gemm {
  int64_t m;
  int64_t n;           ///< A multiple of 16.
  int64_t k;
  const float *a;      ///< Element (i, p) is a[i a_row + p a_column]; any alignment, no padding.
  int64_t a_row;
  int64_t a_column;
  const float *b;      ///< [k][b_row]
  int64_t b_row;       ///< A multiple of 16.
  float *c;            ///< [m][c_row]
  int64_t c_row;       ///< A multiple of 16.
  int32_t accumulate;  ///< 0 or 1.
  int32_t sparse;      ///< 1: A may have many zeros (a_column 1). They are left out below RFGK_SPARSE_DENSITY / 256.
} rfgk_gemm;

/// One time step backwards of one layer (kernel `backwardStep`).
typedef struct rfgk_backward {
  int64_t count;       ///< A multiple of 16.
  float leak;
  const float *spike_gradient; ///< dL/ds[t].
  const float *psi;    ///< Of this time step.
  const float *rho;    ///< Of this time step.
  float *carry;        ///< in: dL/du[t], out: dL/du[t-1] = leak dL/du~.
  float *current_gradient; ///< out: dL/dI[t] = dL/du~ = psi dL/ds + rho dL/du.
} rfgk_backward;

/// One step of Adam, or of AdaBelief (kernel `adamUpdate`); any count, any alignment.
///
/// Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 2: the bias corrections
/// are folded into `step` and `epsilon_hat`. Zhuang et al., "AdaBelief optimizer", NeurIPS 2020, algorithm 2:
/// the square is that of the gradient's distance from its running mean.
typedef struct rfgk_adam {
  int64_t count;
  float *parameters;
  float *first;        ///< Running mean of the gradient.
  float *second;       ///< Running mean of its square.
  const float *gradient;
  float step;          ///< rate sqrt(1 - beta2^t) / (1 - beta1^t).
  float beta1;
  float beta2;
  float epsilon_hat;   ///< epsilon sqrt(1 - beta2^t).
  float belief;        ///< 0: Adam, 1: AdaBelief.
  float added;         ///< To the running mean of squares at every step: 0, or AdaBelief's epsilon.
} rfgk_adam;

#endif
