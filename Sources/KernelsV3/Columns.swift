internal import CSystem

/// Some neighbouring columns of a row of a matrix, held in registers.
///
/// Types are composed (`Twice<Twice<Floats>>` is 64 columns), so that every kernel is written once and its
/// block fits the number of registers of each instruction set. Everything is inlined; nothing generic
/// survives.
protocol Columns {
  /// What the columns are computed in.
  associatedtype Scalar
  /// What they are loaded from.
  associatedtype Source
  /// A scalar in every lane.
  associatedtype Factor

  /// Number of scalars.
  static var width: Int { get }
  static func factor(_ scalar: Scalar) -> Factor
  init(zero: Void)
  init(from p: UnsafePointer<Source>)
  func store(to p: UnsafeMutablePointer<Scalar>)
  mutating func add(from p: UnsafePointer<Source>)
  mutating func subtract(from p: UnsafePointer<Source>)
  mutating func addProduct(_ factor: Factor, _ other: Self)
}

/// Sixteen floats: one register on x86-64-v4, two on -v3, four in the baseline.
struct Floats: Columns {
  var value: Float16x

  @inline(__always) static var width: Int { 16 }
  @inline(__always) static func factor(_ scalar: Float) -> Float16x { all(scalar) }
  @inline(__always) init(zero: Void) { value = Float16x() }
  @inline(__always) init(from p: UnsafePointer<Float>) { value = rfgv_load(p) }
  @inline(__always) func store(to p: UnsafeMutablePointer<Float>) { rfgv_store(p, value) }
  @inline(__always) mutating func add(from p: UnsafePointer<Float>) { value += rfgv_load(p) }
  @inline(__always) mutating func subtract(from p: UnsafePointer<Float>) { value -= rfgv_load(p) }
  @inline(__always) mutating func addProduct(_ factor: Float16x, _ other: Floats) {
    value = multiplyAdd(factor, other.value, value)
  }
}

/// Eight doubles: one register on x86-64-v4, two on -v3, four in the baseline.
struct Doubles: Columns {
  var value: Double8x

  @inline(__always) static var width: Int { 8 }
  @inline(__always) static func factor(_ scalar: Double) -> Double8x { Double8x(repeating: scalar) }
  @inline(__always) init(zero: Void) { value = Double8x() }
  @inline(__always) init(from p: UnsafePointer<Double>) { value = rfgv_load_double(p) }
  @inline(__always) func store(to p: UnsafeMutablePointer<Double>) { rfgv_store_double(p, value) }
  @inline(__always) mutating func add(from p: UnsafePointer<Double>) { value += rfgv_load_double(p) }
  @inline(__always) mutating func subtract(from p: UnsafePointer<Double>) { value -= rfgv_load_double(p) }
  @inline(__always) mutating func addProduct(_ factor: Double8x, _ other: Doubles) {
    value = multiplyAdd(factor, other.value, value)
  }
}

/// One double, for what is left of a row.
struct OneDouble: Columns {
  var value: Double

  @inline(__always) static var width: Int { 1 }
  @inline(__always) static func factor(_ scalar: Double) -> Double { scalar }
  @inline(__always) init(zero: Void) { value = 0 }
  @inline(__always) init(from p: UnsafePointer<Double>) { value = p.pointee }
  @inline(__always) func store(to p: UnsafeMutablePointer<Double>) { p.pointee = value }
  @inline(__always) mutating func add(from p: UnsafePointer<Double>) { value += p.pointee }
  @inline(__always) mutating func subtract(from p: UnsafePointer<Double>) { value -= p.pointee }
  @inline(__always) mutating func addProduct(_ factor: Double, _ other: OneDouble) {
    value = multiplyAdd(factor, other.value, value)
  }
}

/// Eight doubles that are floats in memory.
struct WidenedFloats: Columns {
  var value: Double8x

  @inline(__always) static var width: Int { 8 }
  @inline(__always) static func factor(_ scalar: Double) -> Double8x { Double8x(repeating: scalar) }
  @inline(__always) init(zero: Void) { value = Double8x() }
  @inline(__always) init(from p: UnsafePointer<Float>) { value = rfgv_load_widened(p) }
  @inline(__always) func store(to p: UnsafeMutablePointer<Double>) { rfgv_store_double(p, value) }
  @inline(__always) mutating func add(from p: UnsafePointer<Float>) { value += rfgv_load_widened(p) }
  @inline(__always) mutating func subtract(from p: UnsafePointer<Float>) { value -= rfgv_load_widened(p) }
  @inline(__always) mutating func addProduct(_ factor: Double8x, _ other: WidenedFloats) {
    value = multiplyAdd(factor, other.value, value)
  }
}

/// Two blocks of columns side by side.
struct Twice<Half: Columns>: Columns {
  typealias Scalar = Half.Scalar
  typealias Source = Half.Source
  typealias Factor = Half.Factor
  var left: Half
  var right: Half

  @inline(__always) static var width: Int { 2 &* Half.width }
  @inline(__always) static func factor(_ scalar: Scalar) -> Factor { Half.factor(scalar) }
  @inline(__always) init(zero: Void) {
    left = Half(zero: ())
    right = Half(zero: ())
  }
  @inline(__always) init(from p: UnsafePointer<Source>) {
    left = Half(from: p)
    right = Half(from: p + Half.width)
  }
  @inline(__always) func store(to p: UnsafeMutablePointer<Scalar>) {
    left.store(to: p)
    right.store(to: p + Half.width)
  }
  @inline(__always) mutating func add(from p: UnsafePointer<Source>) {
    left.add(from: p)
    right.add(from: p + Half.width)
  }
  @inline(__always) mutating func subtract(from p: UnsafePointer<Source>) {
    left.subtract(from: p)
    right.subtract(from: p + Half.width)
  }
  @inline(__always) mutating func addProduct(_ factor: Factor, _ other: Self) {
    left.addProduct(factor, other.left)
    right.addProduct(factor, other.right)
  }
}
