package import CSystem
internal import KernelsBaseline

#if arch(x86_64)
  internal import KernelsV3
  internal import KernelsV4
#endif

/// The kernels of one instruction set, as function values.
///
/// Arguments and equations are described in `kernel_arguments.h` and at the functions in KernelsBaseline.
/// Pointers are not checked: sizes and alignment are the caller's business. No kernel allocates, and all
/// may run in parallel on different outputs. The same inputs and instruction set give the same bits.
package struct KernelTable: Sendable {
  package typealias Counter = UnsafePointer<rfgk_counter>
  package typealias Fill =
    @Sendable (Counter, _ first: Int, _ count: Int, UnsafeMutablePointer<Float>) -> Void

  package let instructionSet: InstructionSet

  /// One time step of a leaky integrate-and-fire layer for a tile of samples.
  package let integrateAndFire: @Sendable (UnsafePointer<rfgk_integrate>) -> Void
  /// Tables of sums of weight rows, for spikes that are many.
  package let fillTables: @Sendable (UnsafePointer<rfgk_tables>) -> Void
  /// Surrogate derivative factors of a layer, and each neuron's own sensitivity.
  package let surrogateFactors: @Sendable (UnsafePointer<rfgk_surrogate>) -> Void
  /// The same with a sampled psi.
  package let sampledFactors: @Sendable (UnsafePointer<rfgk_sampled>) -> Void
  /// Leaves a random part of the factors out.
  package let maskFactors: @Sendable (UnsafePointer<rfgk_mask>) -> Void
  /// One time step of each neuron's sensitivity to its surrogate's width.
  package let widthSensitivities: @Sendable (UnsafePointer<rfgk_width>) -> Void
  /// Time steps of the tangents of a layer.
  package let advanceTangents: @Sendable (UnsafePointer<rfgk_tangent>) -> Void
  /// Sums of matrix rows, picked by spike masks.
  package let addRows: @Sendable (UnsafePointer<rfgk_rows>) -> Void
  /// Adds source rows to the matrix rows that spike masks pick.
  package let scatterRows: @Sendable (UnsafePointer<rfgk_scatter>) -> Void
  /// Matrix product in single precision.
  package let multiply: @Sendable (UnsafePointer<rfgk_gemm>) -> Void
  /// One time step backwards of a layer.
  package let backwardStep: @Sendable (UnsafePointer<rfgk_backward>) -> Void
  /// One step of Adam.
  package let adamUpdate: @Sendable (UnsafePointer<rfgk_adam>) -> Void

  /// Signs +1 and -1 with equal probability.
  package let fillRademacher: Fill
  /// Standard normal values.
  package let fillGaussian: Fill
  /// Uniform values in (0, 1).
  package let fillUniform: Fill
  /// The four words of one Philox4x32-10 block.
  package let philoxBlock: @Sendable (Counter, _ block: UInt32, UnsafeMutablePointer<UInt32>) -> Void

  /// y += alpha x.
  package let axpy:
    @Sendable (_ n: Int, _ alpha: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) -> Void
  /// x *= alpha.
  package let scale: @Sendable (_ n: Int, _ alpha: Float, _ x: UnsafeMutablePointer<Float>) -> Void
  /// y *= x.
  package let multiplyElements:
    @Sendable (_ n: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) -> Void
  /// sum += x, squares += x^2; n is a multiple of 16.
  package let addMoments:
    @Sendable (
      _ n: Int, _ x: UnsafePointer<Float>, _ sum: UnsafeMutablePointer<Float>, _ squares: UnsafeMutablePointer<Float>
    ) -> Void
  /// Sum of squares in double precision.
  package let sumOfSquares: @Sendable (_ n: Int, _ x: UnsafePointer<Float>) -> Double
  /// Whether no value is infinite or not a number.
  package let allFinite: @Sendable (_ n: Int, _ x: UnsafePointer<Float>) -> Bool

  /// Lower triangle of gram += A^T A, rows `firstRow ..< lastRow`, in double precision.
  package let accumulateGram:
    @Sendable (
      _ rows: Int, _ n: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ gram: UnsafeMutablePointer<Double>,
      _ gramRow: Int, _ firstRow: Int, _ lastRow: Int
    ) -> Void
  /// out [n][m] += A^T B in double precision.
  package let accumulateCross:
    @Sendable (
      _ rows: Int, _ n: Int, _ m: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ b: UnsafePointer<Double>,
      _ bRow: Int, _ out: UnsafeMutablePointer<Double>
    ) -> Void
  /// Lower Cholesky factor in place; false if the matrix is not positive definite, or when `stops` says so.
  package let choleskyFactor:
    @Sendable (_ n: Int, _ a: UnsafeMutablePointer<Double>, _ row: Int, _ stops: () -> Bool) -> Bool
  /// Solves with a Cholesky factor, in place, m right sides.
  package let choleskySolve:
    @Sendable (
      _ n: Int, _ m: Int, _ l: UnsafePointer<Double>, _ row: Int, _ b: UnsafeMutablePointer<Double>,
      _ bRow: Int
    ) -> Void
  /// Solves with a Cholesky factor L, or with L^T if `transposed`, in place, m right sides.
  package let triangularSolve:
    @Sendable (
      _ n: Int, _ m: Int, _ l: UnsafePointer<Double>, _ row: Int, _ b: UnsafeMutablePointer<Double>,
      _ bRow: Int, _ transposed: Bool
    ) -> Void
  /// c [m][n] += A B in double precision.
  package let multiplyDoubles:
    @Sendable (
      _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Double>, _ aRow: Int, _ aColumn: Int,
      _ b: UnsafePointer<Double>, _ bRow: Int, _ c: UnsafeMutablePointer<Double>, _ cRow: Int
    ) -> Void
  /// Eigenvalues of a symmetric matrix, falling, and the first `count` vectors as rows; false without convergence, or when
  /// `stops` says so.
  package let symmetricEigen:
    @Sendable (
      _ n: Int, _ count: Int, _ a: UnsafeMutablePointer<Double>, _ vectors: UnsafeMutablePointer<Double>,
      _ values: UnsafeMutablePointer<Double>, _ work: UnsafeMutablePointer<Double>, _ stops: () -> Bool
    ) -> Bool

  /// The kernels of an instruction set; it must be a supported one to be run.
  package static func table(for instructionSet: InstructionSet) -> KernelTable {
    #if arch(x86_64)
      switch instructionSet {
      case .baseline: baseline
      case .v3: v3
      case .v4: v4
      }
    #else
      baseline
    #endif
  }

  private static let baseline = KernelTable(
    instructionSet: .baseline,
    integrateAndFire: KernelsBaseline.integrateAndFire,
    fillTables: KernelsBaseline.fillTables,
    surrogateFactors: KernelsBaseline.surrogateFactors,
    sampledFactors: KernelsBaseline.sampledFactors,
    maskFactors: KernelsBaseline.maskFactors,
    widthSensitivities: KernelsBaseline.widthSensitivities,
    advanceTangents: KernelsBaseline.advanceTangents,
    addRows: KernelsBaseline.addRows,
    scatterRows: KernelsBaseline.scatterRows,
    multiply: KernelsBaseline.multiply,
    backwardStep: KernelsBaseline.backwardStep,
    adamUpdate: KernelsBaseline.adamUpdate,
    fillRademacher: KernelsBaseline.fillRademacher,
    fillGaussian: KernelsBaseline.fillGaussian,
    fillUniform: KernelsBaseline.fillUniform,
    philoxBlock: KernelsBaseline.philoxBlock,
    axpy: KernelsBaseline.axpy,
    scale: KernelsBaseline.scale,
    multiplyElements: KernelsBaseline.multiplyElements,
    addMoments: KernelsBaseline.addMoments,
    sumOfSquares: KernelsBaseline.sumOfSquares,
    allFinite: KernelsBaseline.allFinite,
    accumulateGram: KernelsBaseline.accumulateGram,
    accumulateCross: KernelsBaseline.accumulateCross,
    choleskyFactor: KernelsBaseline.choleskyFactor,
    choleskySolve: KernelsBaseline.choleskySolve,
    triangularSolve: KernelsBaseline.triangularSolve,
    multiplyDoubles: KernelsBaseline.multiplyDoubles,
    symmetricEigen: KernelsBaseline.symmetricEigen)

  #if arch(x86_64)
    private static let v3 = KernelTable(
      instructionSet: .v3,
      integrateAndFire: KernelsV3.integrateAndFire,
      fillTables: KernelsV3.fillTables,
      surrogateFactors: KernelsV3.surrogateFactors,
      sampledFactors: KernelsV3.sampledFactors,
      maskFactors: KernelsV3.maskFactors,
      widthSensitivities: KernelsV3.widthSensitivities,
      advanceTangents: KernelsV3.advanceTangents,
      addRows: KernelsV3.addRows,
      scatterRows: KernelsV3.scatterRows,
      multiply: KernelsV3.multiply,
      backwardStep: KernelsV3.backwardStep,
      adamUpdate: KernelsV3.adamUpdate,
      fillRademacher: KernelsV3.fillRademacher,
      fillGaussian: KernelsV3.fillGaussian,
      fillUniform: KernelsV3.fillUniform,
      philoxBlock: KernelsV3.philoxBlock,
      axpy: KernelsV3.axpy,
      scale: KernelsV3.scale,
      multiplyElements: KernelsV3.multiplyElements,
      addMoments: KernelsV3.addMoments,
      sumOfSquares: KernelsV3.sumOfSquares,
      allFinite: KernelsV3.allFinite,
      accumulateGram: KernelsV3.accumulateGram,
      accumulateCross: KernelsV3.accumulateCross,
      choleskyFactor: KernelsV3.choleskyFactor,
      choleskySolve: KernelsV3.choleskySolve,
      triangularSolve: KernelsV3.triangularSolve,
      multiplyDoubles: KernelsV3.multiplyDoubles,
      symmetricEigen: KernelsV3.symmetricEigen)

    private static let v4 = KernelTable(
      instructionSet: .v4,
      integrateAndFire: KernelsV4.integrateAndFire,
      fillTables: KernelsV4.fillTables,
      surrogateFactors: KernelsV4.surrogateFactors,
      sampledFactors: KernelsV4.sampledFactors,
      maskFactors: KernelsV4.maskFactors,
      widthSensitivities: KernelsV4.widthSensitivities,
      advanceTangents: KernelsV4.advanceTangents,
      addRows: KernelsV4.addRows,
      scatterRows: KernelsV4.scatterRows,
      multiply: KernelsV4.multiply,
      backwardStep: KernelsV4.backwardStep,
      adamUpdate: KernelsV4.adamUpdate,
      fillRademacher: KernelsV4.fillRademacher,
      fillGaussian: KernelsV4.fillGaussian,
      fillUniform: KernelsV4.fillUniform,
      philoxBlock: KernelsV4.philoxBlock,
      axpy: KernelsV4.axpy,
      scale: KernelsV4.scale,
      multiplyElements: KernelsV4.multiplyElements,
      addMoments: KernelsV4.addMoments,
      sumOfSquares: KernelsV4.sumOfSquares,
      allFinite: KernelsV4.allFinite,
      accumulateGram: KernelsV4.accumulateGram,
      accumulateCross: KernelsV4.accumulateCross,
      choleskyFactor: KernelsV4.choleskyFactor,
      choleskySolve: KernelsV4.choleskySolve,
      triangularSolve: KernelsV4.triangularSolve,
      multiplyDoubles: KernelsV4.multiplyDoubles,
      symmetricEigen: KernelsV4.symmetricEigen)
  #endif
}
