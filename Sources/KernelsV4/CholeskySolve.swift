#if RFGSNN_V4
  private typealias EightColumns = Rows8<Doubles>
#elseif RFGSNN_V3
  private typealias EightColumns = Rows4<Doubles>
#else
  private typealias EightColumns = Rows2<Doubles>
#endif

/// A tile: at most 8 rows of 8.
private typealias Sums = [64 of Double]

/// Solves L L^T x = b in place for m right sides, b [n][bRow].
///
/// - Complexity: n^2 m multiplications.
@inline(never)
package func choleskySolve(
  _ n: Int, _ m: Int, _ l: UnsafePointer<Double>, _ row: Int, _ b: UnsafeMutablePointer<Double>, _ bRow: Int
) {
  triangularSolve(n, m, l, row, b, bRow, false)
  triangularSolve(n, m, l, row, b, bRow, true)
}

/// Solves L x = b, or L^T x = b if `transposed`, in place for m right sides, b [n][bRow].
///
/// - Complexity: n^2 m / 2 multiplications.
@inline(never)
package func triangularSolve(
  _ n: Int, _ m: Int, _ l: UnsafePointer<Double>, _ row: Int, _ b: UnsafeMutablePointer<Double>, _ bRow: Int,
  _ transposed: Bool
) {
  var j = 0
  while j &+ 8 <= m {
    solveEight(n, l, row, b + j, bRow, transposed)
    j &+= 8
  }
  while j < m {
    solveOne(n, l, row, b + j, bRow, transposed)
    j &+= 1
  }
}

@inline(never)
func solveEight(
  _ n: Int, _ l: UnsafePointer<Double>, _ row: Int, _ b: UnsafeMutablePointer<Double>, _ bRow: Int,
  _ transposed: Bool
) {
  var sums = Sums(repeating: 0)
  if transposed {
    backwardSubstitution(EightColumns.self, n, l, row, b, bRow, &sums)
  } else {
    forwardSubstitution(EightColumns.self, n, l, row, b, bRow, &sums)
  }
}

@inline(never)
func solveOne(
  _ n: Int, _ l: UnsafePointer<Double>, _ row: Int, _ b: UnsafeMutablePointer<Double>, _ bRow: Int,
  _ transposed: Bool
) {
  var sums = Sums(repeating: 0)
  if transposed {
    backwardSubstitution(Rows8<OneDouble>.self, n, l, row, b, bRow, &sums)
  } else {
    forwardSubstitution(Rows8<OneDouble>.self, n, l, row, b, bRow, &sums)
  }
}

/// L y = b, as many rows at a time as the tile has.
@inline(__always)
private func forwardSubstitution<Part: Rows>(
  _ type: Part.Type, _ n: Int, _ l: UnsafePointer<Double>, _ row: Int, _ b: UnsafeMutablePointer<Double>,
  _ bRow: Int, _ sumsMemory: UnsafeMutableRawPointer
) where Part.Block.Scalar == Double, Part.Block.Source == Double {
  let sums = sumsMemory.assumingMemoryBound(to: Double.self)
  let width = Part.Block.width
  var first = 0
  while first < n {
    let height = n &- first < Part.height ? n &- first : Part.height
    if height == Part.height {
      var tile = Part(zero: ())
      tile.addProduct(first, l + first &* row, row, 1, b, bRow)
      tile.store(to: sums, width)
    } else {
      var t = 0
      while t < height {
        var tile = Row<Part.Block>(zero: ())
        tile.addProduct(first, l + (first &+ t) &* row, row, 1, b, bRow)
        tile.store(to: sums + t &* width, width)
        t &+= 1
      }
    }
    var t = 0
    while t < height {
      let li = l + ((first &+ t) &* row &+ first)
      var rest = Part.Block(from: b + (first &+ t) &* bRow)
      rest.subtract(from: sums + t &* width)
      var s = 0
      while s < t {
        rest.addProduct(Part.Block.factor(-li[s]), Part.Block(from: b + (first &+ s) &* bRow))
        s &+= 1
      }
      var x = Part.Block(zero: ())
      x.addProduct(Part.Block.factor(1 / li[t]), rest)
      x.store(to: b + (first &+ t) &* bRow)
      t &+= 1
    }
    first &+= height
  }
}

/// L^T x = y, as many rows at a time as the tile has, from the last one up.
@inline(__always)
private func backwardSubstitution<Part: Rows>(
  _ type: Part.Type, _ n: Int, _ l: UnsafePointer<Double>, _ row: Int, _ b: UnsafeMutablePointer<Double>,
  _ bRow: Int, _ sumsMemory: UnsafeMutableRawPointer
) where Part.Block.Scalar == Double, Part.Block.Source == Double {
  let sums = sumsMemory.assumingMemoryBound(to: Double.self)
  let width = Part.Block.width
  var end = n
  while end > 0 {
    let height = end < Part.height ? end : Part.height
    let first = end &- height
    if height == Part.height {
      var tile = Part(zero: ())
      tile.addProduct(n &- end, l + (end &* row &+ first), 1, row, b + end &* bRow, bRow)
      tile.store(to: sums, width)
    } else {
      var t = 0
      while t < height {
        var tile = Row<Part.Block>(zero: ())
        tile.addProduct(n &- end, l + (end &* row &+ first &+ t), 1, row, b + end &* bRow, bRow)
        tile.store(to: sums + t &* width, width)
        t &+= 1
      }
    }
    var t = height
    while t > 0 {
      t &-= 1
      var rest = Part.Block(from: b + (first &+ t) &* bRow)
      rest.subtract(from: sums + t &* width)
      var s = t &+ 1
      while s < height {
        let factor = -l[(first &+ s) &* row &+ first &+ t]
        rest.addProduct(Part.Block.factor(factor), Part.Block(from: b + (first &+ s) &* bRow))
        s &+= 1
      }
      var x = Part.Block(zero: ())
      x.addProduct(Part.Block.factor(1 / l[(first &+ t) &* row &+ first &+ t]), rest)
      x.store(to: b + (first &+ t) &* bRow)
    }
    end = first
  }
}
