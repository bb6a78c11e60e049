internal import CSystem

typealias Float16x = SIMD16<Float>
typealias Double8x = SIMD8<Double>

/// The same value in every lane.
///
/// Operators between a vector and a scalar work lane by lane, comparisons even with branches: kernels have
/// vectors on both sides everywhere.
@inline(__always)
func all(_ value: Float) -> Float16x { Float16x(repeating: value) }

/// a b + c, fused where the instruction set fuses it.
///
/// Not with `addingProduct`: that works lane by lane, and a compiler that puts the lanes together again may mix those of
/// different products.
@inline(__always)
func multiplyAdd(_ a: Float16x, _ b: Float16x, _ c: Float16x) -> Float16x {
  #if RFGSNN_FMA || arch(arm64)
    return rfgv_fma(a, b, c)
  #else
    return a * b + c
  #endif
}

/// a b + c, fused where the instruction set fuses it.
@inline(__always)
func multiplyAdd(_ a: Double8x, _ b: Double8x, _ c: Double8x) -> Double8x {
  #if RFGSNN_FMA || arch(arm64)
    return rfgv_fma_double(a, b, c)
  #else
    return a * b + c
  #endif
}

/// a b + c, fused where the instruction set fuses it.
@inline(__always)
func multiplyAdd(_ a: Double, _ b: Double, _ c: Double) -> Double {
  #if RFGSNN_FMA || arch(arm64)
    return c.addingProduct(a, b)
  #else
    return a * b + c
  #endif
}

/// The sum of all lanes, in a fixed order.
@inline(__always)
func horizontalSum(_ v: Double8x) -> Double {
  let four = v.lowHalf + v.highHalf
  let two = four.lowHalf + four.highHalf
  return two[0] + two[1]
}

extension SIMD16<Float> {
  /// The bit patterns.
  @inline(__always) var bits: SIMD16<Int32> { unsafeBitCast(self, to: SIMD16<Int32>.self) }

  /// Changes the sign where the top bit of `signs` is set.
  @inline(__always) func flipped(_ signs: SIMD16<Int32>) -> Float16x {
    unsafeBitCast(bits ^ signs, to: Float16x.self)
  }
}
