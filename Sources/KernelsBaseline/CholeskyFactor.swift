internal import CSystem

#if RFGSNN_V4
  private typealias Block = Twice<Doubles>
  private typealias Tile = Rows8<Block>
#elseif RFGSNN_V3
  private typealias Block = Doubles
  private typealias Tile = Rows6<Block>
#else
  private typealias Block = Doubles
  private typealias Tile = Rows2<Block>
#endif

/// Columns of L that are packed at a time; few, as the threads of hosts may have small stacks.
private let depth = 64
/// Some rows of L, transposed and negated: [depth][Block.width] with at most 16 columns.
private typealias Panel = [1024 of Double]

/// Factors a symmetric matrix, given by its lower triangle, into L L^T; L takes its place.
///
/// - Parameter stops: asked for every few columns; true ends it.
/// - Returns: false if the matrix is not positive definite, or it was ended; it is then partly overwritten.
/// - Complexity: n^3 / 6 multiplications.
@inline(never)
package func choleskyFactor(
  _ n: Int, _ a: UnsafeMutablePointer<Double>, _ row: Int, _ stops: () -> Bool
) -> Bool {
  var panel = Panel(repeating: 0)
  var first = 0
  while first < n {
    if stops() { return false }
    let end = n &- first < Block.width ? n : first &+ Block.width
    if !factorDiagonalBlock(first, end, a, row) { return false }
    if end < n { factorBelow(n, first, a, row, &panel) }
    first = end
  }
  return true
}

/// The rows first ..< end of L in these columns; L is known in the columns before.
@inline(never)
func factorDiagonalBlock(_ first: Int, _ end: Int, _ a: UnsafeMutablePointer<Double>, _ row: Int) -> Bool {
  var j = first
  while j < end {
    let lj = a + j &* row
    let pivot = lj[j] - dot(lj, lj, j)
    if !(pivot > 0 && pivot < .infinity) { return false }
    let diagonal = rfgv_sqrt_double(pivot)
    lj[j] = diagonal
    var i = j &+ 1
    while i < end {
      let li = a + i &* row
      li[j] = (li[j] - dot(li, lj, j)) / diagonal
      i &+= 1
    }
    j &+= 1
  }
  return true
}

/// The rows below a whole diagonal block, in its columns.
@inline(never)
func factorBelow(
  _ n: Int, _ first: Int, _ a: UnsafeMutablePointer<Double>, _ row: Int,
  _ panelMemory: UnsafeMutableRawPointer
) {
  let panel = panelMemory.assumingMemoryBound(to: Double.self)
  let end = first &+ Block.width
  let block = a + first &* row
  var k = 0
  while k < first {
    let count = first &- k < depth ? first &- k : depth
    packTransposed(block + k, row, count, panel)
    var i = end
    while i &+ Tile.height <= n {
      subtractProducts(Tile.self, a + i &* row, first, k, count, row, panel)
      i &+= Tile.height
    }
    while i < n {
      subtractProducts(Row<Block>.self, a + i &* row, first, k, count, row, panel)
      i &+= 1
    }
    k &+= count
  }

  // Forward substitution with the diagonal block, for each row: x_p = (c_p - sum_q<p x_q L_pq) / L_pp.
  packTransposed(block + first, row, Block.width, panel)
  let values = panel + Block.width &* Block.width
  let inverse = values + Block.width
  var p = 0
  while p < Block.width {
    inverse[p] = 1 / block[p &* row &+ first &+ p]
    var q = 0
    while q <= p {
      panel[p &* Block.width &+ q] = 0
      q &+= 1
    }
    p &+= 1
  }
  var i = end
  while i < n {
    let c = a + (i &* row &+ first)
    var rest = Block(from: c)
    p = 0
    while p < Block.width {
      rest.store(to: values)
      let x = values[p] * inverse[p]
      rest.addProduct(Block.factor(x), Block(from: panel + p &* Block.width))
      c[p] = x
      p &+= 1
    }
    i &+= 1
  }
}

/// panel[p][c] = -l[c][p]
@inline(__always)
private func packTransposed(
  _ l: UnsafePointer<Double>, _ row: Int, _ count: Int, _ panel: UnsafeMutablePointer<Double>
) {
  var c = 0
  while c < Block.width {
    var p = 0
    while p < count {
      panel[p &* Block.width &+ c] = -l[c &* row &+ p]
      p &+= 1
    }
    c &+= 1
  }
}

/// Subtracts from some rows, in the columns of a block, what the columns k ..< k + count of L contribute.
@inline(__always)
private func subtractProducts<Part: Rows>(
  _ type: Part.Type, _ l: UnsafeMutablePointer<Double>, _ first: Int, _ k: Int, _ count: Int, _ row: Int,
  _ panel: UnsafePointer<Double>
) where Part.Block == Block {
  var tile = Part(from: l + first, row)
  tile.addProduct(count, l + k, row, 1, panel, Block.width)
  tile.store(to: l + first, row)
}

/// The sum of x[k] y[k], in a fixed order.
@inline(__always)
func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ n: Int) -> Double {
  var sum = Double8x()
  var k = 0
  while k &+ 8 <= n {
    sum = multiplyAdd(rfgv_load_double(x + k), rfgv_load_double(y + k), sum)
    k &+= 8
  }
  var total = horizontalSum(sum)
  while k < n {
    total = multiplyAdd(x[k], y[k], total)
    k &+= 1
  }
  return total
}
