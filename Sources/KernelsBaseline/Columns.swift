internal import CSystem

/// Sixteen floats: one register on x86-64-v4, two on -v3, four in the baseline.
typealias Float16x = SIMD16<Float>

/// The same value in every lane.
///
/// Operators between a vector and a scalar work lane by lane, comparisons even with branches: vectors on both sides
/// everywhere.
@inline(__always)
func all(_ value: Float) -> Float16x { Float16x(repeating: value) }

/// a b + c, fused where the instruction set fuses it.
///
/// Without the instruction `addingProduct` would be sixteen calls of libm's fmaf.
@inline(__always)
func multiplyAdd(_ a: Float16x, _ b: Float16x, _ c: Float16x) -> Float16x {
  #if RFGSNN_FMA || arch(arm64)
    return c.addingProduct(a, b)
  #else
    return a * b + c
  #endif
}

/// Some neighbouring columns of a row of floats, held in registers.
///
/// Types are composed (`Twice<Twice<One>>` is 64 columns), so that every kernel is written once and its block
/// fits the number of registers of each instruction set. Everything is inlined; nothing generic survives.
protocol Columns {
  /// Number of floats.
  static var width: Int { get }
  init(from p: UnsafePointer<Float>)
  init(zero: Void)
  func store(to p: UnsafeMutablePointer<Float>)
  mutating func add(from p: UnsafePointer<Float>)
  mutating func subtract(from p: UnsafePointer<Float>)
  mutating func addProduct(_ factor: Float16x, _ other: Self)
}

struct One: Columns {
  var value: Float16x

  @inline(__always) static var width: Int { 16 }
  @inline(__always) init(from p: UnsafePointer<Float>) { value = rfgv_load(p) }
  @inline(__always) init(zero: Void) { value = Float16x() }
  @inline(__always) func store(to p: UnsafeMutablePointer<Float>) { rfgv_store(p, value) }
  @inline(__always) mutating func add(from p: UnsafePointer<Float>) { value += rfgv_load(p) }
  @inline(__always) mutating func subtract(from p: UnsafePointer<Float>) { value -= rfgv_load(p) }
  @inline(__always) mutating func addProduct(_ factor: Float16x, _ other: One) {
    value = multiplyAdd(factor, other.value, value)
  }
}

struct Twice<Half: Columns>: Columns {
  var left: Half
  var right: Half

  @inline(__always) static var width: Int { 2 &* Half.width }
  @inline(__always) init(from p: UnsafePointer<Float>) {
    left = Half(from: p)
    right = Half(from: p + Half.width)
  }
  @inline(__always) init(zero: Void) {
    left = Half(zero: ())
    right = Half(zero: ())
  }
  @inline(__always) func store(to p: UnsafeMutablePointer<Float>) {
    left.store(to: p)
    right.store(to: p + Half.width)
  }
  @inline(__always) mutating func add(from p: UnsafePointer<Float>) {
    left.add(from: p)
    right.add(from: p + Half.width)
  }
  @inline(__always) mutating func subtract(from p: UnsafePointer<Float>) {
    left.subtract(from: p)
    right.subtract(from: p + Half.width)
  }
  @inline(__always) mutating func addProduct(_ factor: Float16x, _ other: Self) {
    left.addProduct(factor, other.left)
    right.addProduct(factor, other.right)
  }
}
