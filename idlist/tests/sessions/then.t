idlist then: the list of a second step, and models: what they take.

The second step of the sample list starts from its pictures.

  $ idlist then $EVENTS/id-list.json --model remove-background --key '{stem}-cutout.png' -o cutouts.json; cmp cutouts.json $EVENTS/cutouts.json
  $ head -2 cutouts.json
  [
  {"id":"A1","rank":"nomal","inputBucketName":"000000000000-us-east-1-input-image-bucket","inputKeyName":"image-cutout.png","model":"us.stability.stable-image-remove-background-v1:0","sourceBucketName":"000000000000-us-east-1-input-image-bucket","sourceKeyName":"nomal/A1/image.jpeg"},
  $ idlist check cutouts.json
  10 items, no problems
  1 item without problems: rank "legend", model us.stability.stable-image-remove-background-v1:0
  4 items without problems: rank "nomal", model us.stability.stable-image-remove-background-v1:0
  2 items without problems: rank "rare", model us.stability.stable-image-remove-background-v1:0
  3 items without problems: rank "vip", model us.stability.stable-image-remove-background-v1:0

Some ranks, other prompts and other fields; what is not ours stays.

  $ echo '[{"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"card.png","model":"stability.stable-image-core-v1:1","prompt":"a red hat","customer":7},{"id":"A2","rank":"nomal","inputBucketName":"images","inputKeyName":"card.png","model":"stability.stable-image-core-v1:1","prompt":"a cap"}]' > list.json
  $ idlist then list.json --model creative-upscale --key '{stem}-large.jpeg' --only-rank vip
  [
  {"id":"A1","rank":"vip","inputBucketName":"images","inputKeyName":"card-large.jpeg","model":"us.stability.stable-creative-upscale-v1:0","prompt":"a red hat","sourceBucketName":"images","sourceKeyName":"vip/A1/card.png","customer":7}
  ]
  $ idlist then list.json --model search-recolor --key '{stem}-blue.png' --prompt '{prompt}, but blue' --set selectPrompt=hat --set growMask=5 --bucket others
  [
  {"id":"A1","rank":"vip","inputBucketName":"others","inputKeyName":"card-blue.png","model":"us.stability.stable-image-search-recolor-v1:0","prompt":"a red hat, but blue","sourceBucketName":"images","sourceKeyName":"vip/A1/card.png","selectPrompt":"hat","growMask":5,"customer":7},
  {"id":"A2","rank":"nomal","inputBucketName":"others","inputKeyName":"card-blue.png","model":"us.stability.stable-image-search-recolor-v1:0","prompt":"a cap, but blue","sourceBucketName":"images","sourceKeyName":"nomal/A2/card.png","selectPrompt":"hat","growMask":5}
  ]
  $ idlist then list.json --model erase-object --key clean.png --set maskBucketName=masks --set 'maskKeyName={rank}/{id}.png' | idlist check -
  2 items, no problems
  1 item without problems: rank "nomal", model us.stability.stable-image-erase-object-v1:0
  1 item without problems: rank "vip", model us.stability.stable-image-erase-object-v1:0

What cannot be is said.

  $ idlist then list.json --model core --key a.png
  ! idlist: --model: "core" is not a model that starts from an image; use one of ultra, sd3.5-large, remove-background, erase-object, inpaint, outpaint, search-replace, search-recolor, control-sketch, control-structure, style-guide, style-transfer, fast-upscale, conservative-upscale, creative-upscale
  [2]
  $ idlist then list.json --model remove-background --key '{stem}.jpeg'
  ! idlist: the list would not be good: item 0 (line 2, id A1): `inputKeyName` is for a JPEG image, which cannot be transparent as those of us.stability.stable-image-remove-background-v1:0 are; use a file name that ends in .png or .webp
  [2]
  $ idlist then list.json --model remove-background --key '{stem}.png'
  ! idlist: the list would not be good: item 0 (line 2, id A1): `sourceKeyName` names the source image at the place where the image goes, which would replace it; give the item another inputKeyName
  [2]
  $ idlist then list.json --model inpaint --key '{stem}-hat.png'
  ! idlist: the list would not be good: item 0 (line 2, id A1): `maskBucketName` is missing; us.stability.stable-image-inpaint-v1:0 needs it
  [2]
  $ idlist then list.json --model outpaint --key '{stem}-wide.png' --set left=far
  ! idlist: --set: left is "far", not a number
  [2]
  $ idlist then list.json --model outpaint --key '{stem}-wide.png' --set sourceKeyName=a.png
  ! idlist: --set: sourceKeyName follows from the first list and the other options
  [2]
  $ idlist then list.json --model fast-upscale --key '{name}.png'
  ! idlist: inputKeyName has {name}, but that is not among prompt, id, rank, stem; write {{ for a brace itself
  [2]
  $ idlist then list.json --model fast-upscale --key '{stem}-large.png' --only-rank VIP
  ! idlist: list.json: there is no item of the rank VIP
  [2]

Both steps are priced together.

  $ idlist plan list.json cutouts.json
  Estimate with the prices of 2026-11-24
  
              1 image       0.04 USD  rank "nomal", model stability.stable-image-core-v1:1
              1 image       0.04 USD  rank "vip", model stability.stable-image-core-v1:1
              1 image       0.07 USD  rank "legend", model us.stability.stable-image-remove-background-v1:0
             4 images       0.28 USD  rank "nomal", model us.stability.stable-image-remove-background-v1:0
             2 images       0.14 USD  rank "rare", model us.stability.stable-image-remove-background-v1:0
             3 images       0.21 USD  rank "vip", model us.stability.stable-image-remove-background-v1:0
  
          0.08 USD  stability.stable-image-core-v1:1 at 0.04 USD an image
          0.70 USD  us.stability.stable-image-remove-background-v1:0 at 0.07 USD an image
          0.00 USD  Step Functions: 60 state transitions, without retries
          0.00 USD  Lambda: 12 requests of 5.5 s at 0.25 GiB
          0.00 USD  S3 requests: 36 PUT, 36 GET or HEAD, without waits
          0.00 USD  S3 storage: 0.02 GiB for a month
          0.78 USD  in total
  
  Beside its model, an image costs 0.00017 USD, without retries and waits
  Time: 10 s with 10 at the same time, 5 s each
  The same list again: no image, nothing for models, 0.00 USD for looking
  
  Estimates in US dollars for us-west-2, without tax, discounts and free tiers. The prices of two models are in conflict between public sources; --price sets what your bill says.
  $ idlist plan list.json cutouts.json --max-usd 0.5
  Estimate with the prices of 2026-11-24
  
              1 image       0.04 USD  rank "nomal", model stability.stable-image-core-v1:1
              1 image       0.04 USD  rank "vip", model stability.stable-image-core-v1:1
              1 image       0.07 USD  rank "legend", model us.stability.stable-image-remove-background-v1:0
             4 images       0.28 USD  rank "nomal", model us.stability.stable-image-remove-background-v1:0
             2 images       0.14 USD  rank "rare", model us.stability.stable-image-remove-background-v1:0
             3 images       0.21 USD  rank "vip", model us.stability.stable-image-remove-background-v1:0
  
          0.08 USD  stability.stable-image-core-v1:1 at 0.04 USD an image
          0.70 USD  us.stability.stable-image-remove-background-v1:0 at 0.07 USD an image
          0.00 USD  Step Functions: 60 state transitions, without retries
          0.00 USD  Lambda: 12 requests of 5.5 s at 0.25 GiB
          0.00 USD  S3 requests: 36 PUT, 36 GET or HEAD, without waits
          0.00 USD  S3 storage: 0.02 GiB for a month
          0.78 USD  in total
  
  Beside its model, an image costs 0.00017 USD, without retries and waits
  Time: 10 s with 10 at the same time, 5 s each
  The same list again: no image, nothing for models, 0.00 USD for looking
  
  Estimates in US dollars for us-west-2, without tax, discounts and free tiers. The prices of two models are in conflict between public sources; --price sets what your bill says.
  ! idlist: the images of the list cost about 0.70 USD; the limit is 0.5 USD: split the list (idlist split), or raise the limit (--max-usd)
  [1]

The models.

  $ idlist models
  core                  0.04 USD  stability.stable-image-core-v1:1
    needs prompt
    takes negativePrompt, aspectRatio, seed
  ultra                 0.14 USD  stability.stable-image-ultra-v1:1
    needs prompt
    takes negativePrompt, aspectRatio, seed, strength, sourceBucketName, sourceKeyName
  sd3.5-large           0.08 USD  stability.sd3-5-large-v1:0
    needs prompt
    takes negativePrompt, aspectRatio, seed, strength, sourceBucketName, sourceKeyName
  remove-background     0.07 USD  us.stability.stable-image-remove-background-v1:0
    needs sourceBucketName, sourceKeyName
  erase-object          0.07 USD  us.stability.stable-image-erase-object-v1:0
    needs sourceBucketName, sourceKeyName, maskBucketName, maskKeyName
    takes growMask, seed
  inpaint               0.07 USD  us.stability.stable-image-inpaint-v1:0
    needs sourceBucketName, sourceKeyName, maskBucketName, maskKeyName, prompt
    takes growMask, seed, negativePrompt, stylePreset
  outpaint              0.06 USD  us.stability.stable-outpaint-v1:0
    needs sourceBucketName, sourceKeyName
    needs one of left, right, up, down above 0
    takes left, right, up, down, prompt, creativity, seed, stylePreset
  search-replace        0.07 USD  us.stability.stable-image-search-replace-v1:0
    needs sourceBucketName, sourceKeyName, searchPrompt, prompt
    takes growMask, seed, negativePrompt, stylePreset
  search-recolor        0.07 USD  us.stability.stable-image-search-recolor-v1:0
    needs sourceBucketName, sourceKeyName, selectPrompt, prompt
    takes growMask, seed, negativePrompt, stylePreset
  control-sketch        0.07 USD  us.stability.stable-image-control-sketch-v1:0
    needs sourceBucketName, sourceKeyName, prompt
    takes controlStrength, seed, negativePrompt, stylePreset
  control-structure     0.07 USD  us.stability.stable-image-control-structure-v1:0
    needs sourceBucketName, sourceKeyName, prompt
    takes controlStrength, seed, negativePrompt, stylePreset
  style-guide           0.07 USD  us.stability.stable-image-style-guide-v1:0
    needs sourceBucketName, sourceKeyName, prompt
    takes fidelity, seed, negativePrompt, aspectRatio, stylePreset
  style-transfer        0.08 USD  us.stability.stable-style-transfer-v1:0
    needs sourceBucketName, sourceKeyName, styleBucketName, styleKeyName
    takes prompt, compositionFidelity, styleStrength, changeStrength, seed, negativePrompt
  fast-upscale          0.03 USD  us.stability.stable-fast-upscale-v1:0
    needs sourceBucketName, sourceKeyName
  conservative-upscale  0.40 USD  us.stability.stable-conservative-upscale-v1:0
    needs sourceBucketName, sourceKeyName, prompt
    takes seed, negativePrompt
  creative-upscale      0.60 USD  us.stability.stable-creative-upscale-v1:0
    needs sourceBucketName, sourceKeyName, prompt
    takes creativity, seed, negativePrompt, stylePreset
  $ idlist models --json | head -20
  [
    {
      "name": "core",
      "id": "stability.stable-image-core-v1:1",
      "usdPerImage": 0.04,
      "regions": [
        "us-west-2"
      ],
      "formats": [
        "jpeg",
        "png"
      ],
      "needs": [
        "prompt"
      ],
      "takes": [
        "negativePrompt",
        "aspectRatio",
        "seed"
      ]
