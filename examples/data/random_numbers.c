/* Philox 4x64-10 (Salmon et al. 2011), its key from NumPy's SeedSequence, normal numbers by the ziggurat method
 * (Marsaglia and Tsang 2000) with 256 layers. NumPy's tables are literals; here they are computed, which changes the
 * last bits of a few numbers.
 */
#include "random_numbers.h"

#include <math.h>

/* SeedSequence(seed).generate_state(4): the seed and three zeros, hashed and mixed. */
static void spread_seed(uint32_t seed, uint32_t words[4]) {
  uint32_t pool[4] = {seed, 0, 0, 0}, factor = 0x43b0d7e5;
  for (int i = -4; i < 16; ++i) { /* first each word is hashed, then mixed into each of the others */
    int from = i < 0 ? i + 4 : i / 4, to = i < 0 ? from : i % 4;
    if (i >= 0 && from == to) continue;
    uint32_t value = pool[from] ^ factor;
    factor *= 0x931e8875;
    value *= factor;
    value ^= value >> 16;
    if (i >= 0) value = 0xca01f9dd * pool[to] - 0x4973f715 * value, value ^= value >> 16;
    pool[to] = value;
  }
  factor = 0x8b51f9dd;
  for (int i = 0; i < 4; ++i) {
    words[i] = pool[i] ^ factor;
    factor *= 0x58f38ded;
    words[i] *= factor;
    words[i] ^= words[i] >> 16;
  }
}

static uint64_t multiply(uint64_t a, uint64_t b, uint64_t *high) {
  uint64_t a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  uint64_t middle = a1 * b0 + (a0 * b0 >> 32), other = a0 * b1 + (middle & 0xffffffff);
  *high = a1 * b1 + (middle >> 32) + (other >> 32);
  return a * b;
}

typedef struct stream {
  uint64_t key[2], counter, block[4];
  int next; /* of the block; 4 = none is left */
} stream;

static uint64_t next_bits(stream *s) {
  if (s->next == 4) {
    uint64_t x0 = ++s->counter, x1 = 0, x2 = 0, x3 = 0, k0 = s->key[0], k1 = s->key[1];
    for (int round = 0; round < 10; ++round) {
      uint64_t high0, high1, low0 = multiply(0xD2E7470EE14C6C93, x0, &high0);
      uint64_t low1 = multiply(0xCA5A826395121157, x2, &high1);
      x0 = high1 ^ x1 ^ k0, x1 = low1, x2 = high0 ^ x3 ^ k1, x3 = low0;
      k0 += 0x9E3779B97F4A7C15, k1 += 0xBB67AE8584CAA73B;
    }
    s->block[0] = x0, s->block[1] = x1, s->block[2] = x2, s->block[3] = x3;
    s->next = 0;
  }
  return s->block[s->next++];
}

static double next_uniform(stream *s) { return (double)(next_bits(s) >> 11) / 9007199254740992.0; }

/* Layers of equal area under exp(-x^2 / 2): layer i reaches from 0 to width[i] * 2^52 and lies, but for its last
 * part, wholly under the curve: for the first inside[i] of the 2^52 steps. */
enum { LAYERS = 256 };
static const double EDGE = 3.6541528853610088, STEPS = 4503599627370496.0;
static double width[LAYERS], height[LAYERS];
static uint64_t inside[LAYERS];

static void fill_tables(void) {
  long double edge = EDGE, x = edge, top = expl(-edge * edge / 2);
  long double area = edge * top + sqrtl(acosl(-1) / 2) * erfcl(edge / sqrtl(2));
  width[0] = (double)(area / top / STEPS), height[0] = 1, inside[0] = (uint64_t)(edge * top / area * STEPS);
  for (int i = LAYERS - 1; i > 0; --i) {
    long double inner = i > 1 ? sqrtl(-2 * logl(area / x + expl(-x * x / 2))) : 0;
    width[i] = (double)(x / STEPS), height[i] = (double)expl(-x * x / 2);
    inside[i] = (uint64_t)(inner / x * STEPS);
    x = inner;
  }
}

static double next_normal(stream *s) {
  for (;;) {
    uint64_t bits = next_bits(s), step = bits >> 9 & 0xfffffffffffff;
    int layer = (int)(bits & 0xff);
    double x = (double)step * width[layer];
    if (bits >> 8 & 1) x = -x;
    if (step < inside[layer]) return x;
    if (layer > 0) {
      if ((height[layer - 1] - height[layer]) * next_uniform(s) + height[layer] < exp(-0.5 * x * x)) return x;
      continue;
    }
    for (;;) { /* the tail */
      double beyond = -log1p(-next_uniform(s)) / EDGE, y = -log1p(-next_uniform(s));
      if (y + y > beyond * beyond) return step >> 8 & 1 ? -(EDGE + beyond) : EDGE + beyond;
    }
  }
}

void standard_normal(uint32_t seed, double *values, size_t count) {
  uint32_t words[4];
  spread_seed(seed, words);
  stream s = {{words[0] | (uint64_t)words[1] << 32, words[2] | (uint64_t)words[3] << 32}, 0, {0}, 4};
  if (height[0] == 0) fill_tables();
  for (size_t i = 0; i < count; ++i) values[i] = next_normal(&s);
}
