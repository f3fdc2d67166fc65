idlist plan: what a list costs, and how long it takes.

950 images of the cheapest model, named by a retired id, and 50 of the dearest.

  $ idlist new --rank nomal=950 --model stability.stable-diffusion-xl-v0 -o nomal.json
  $ idlist new --rank vip=50 --model stability.stable-image-ultra-v1:1 -o vip.json
  $ idlist merge nomal.json vip.json -o list.json
  $ idlist plan --concurrency 5 --latency 4 --images-per-minute 60 list.json
  Estimate with the prices of 2026-11-24
  
           950 images      38.00 USD  rank "nomal", model stability.stable-image-core-v1:1
            50 images       7.00 USD  rank "vip", model stability.stable-image-ultra-v1:1
  
         38.00 USD  stability.stable-image-core-v1:1 at 0.04 USD an image
          7.00 USD  stability.stable-image-ultra-v1:1 at 0.14 USD an image
                    (sources differ: awslabs/startups says about 0.08)
          0.10 USD  Step Functions: 4006 state transitions, without retries
          0.02 USD  Lambda: 1000 requests of 4.5 s at 0.25 GiB
          0.02 USD  S3 requests: 3000 PUT, 3000 GET or HEAD, without waits
          0.03 USD  S3 storage: 1.46 GiB for a month
         45.17 USD  in total
  
  Beside its model, an image costs 0.00017 USD, without retries and waits
  Time: 17 min at 60 images a minute
  The same list again: no image, nothing for models, 0.10 USD for looking
  
  Estimates in US dollars for us-west-2, without tax, discounts and free tiers. The prices of two models are in conflict between public sources; --price sets what your bill says.

A plan can be JSON, and prices can be set. No amount has digits that say nothing.

  $ idlist plan --json --price stability.stable-image-core-v1:1=0.14 list.json
  {
    "pricesOf": "2026-11-24",
    "note": "Estimates in US dollars for us-west-2, without tax, discounts and free tiers. The prices of two models are in conflict between public sources; --price sets what your bill says.",
    "images": [
      {
        "model": "stability.stable-image-core-v1:1",
        "rank": "nomal",
        "images": 950,
        "usd": 133.0
      },
      {
        "model": "stability.stable-image-ultra-v1:1",
        "rank": "vip",
        "images": 50,
        "usd": 7.0
      }
    ],
    "models": [
      {
        "model": "stability.stable-image-core-v1:1",
        "images": 950,
        "usdPerImage": 0.14,
        "usd": 133.0,
        "source": "as given"
      },
      {
        "model": "stability.stable-image-ultra-v1:1",
        "images": 50,
        "usdPerImage": 0.14,
        "usd": 7.0,
        "source": "LiteLLM's public price list",
        "conflict": "awslabs/startups says about 0.08"
      }
    ],
    "services": [
      {
        "service": "Step Functions",
        "usd": 0.10015,
        "what": "4006 state transitions, without retries",
        "source": "https://aws.amazon.com/step-functions/pricing/ ; an item's child is its start and one task, an execution its start and five states; a retry is one more; the page's table says $0.0250 per 1,000 for US West (Oregon)"
      },
      {
        "service": "Lambda",
        "usd": 0.023117,
        "what": "1000 requests of 5.5 s at 0.25 GiB",
        "source": "https://aws.amazon.com/lambda/pricing/ for x86_64, as an article of 2024 (cloudchipr.com/blog/aws-lambda-pricing) repeats it: first tier, $0.0000166667 per GB-second"
      },
      {
        "service": "S3 requests",
        "usd": 0.0162,
        "what": "3000 PUT, 3000 GET or HEAD, without waits",
        "source": "https://aws.amazon.com/s3/pricing/ for S3 Standard; an item writes its lease, the rate limiter and the image, reads the rate limiter, and looks twice for the image; DELETE is free; as devnotes.tech's breakdown of S3's prices repeats it: $0.005 and $0.0004 per 1,000 requests, $0.023 per GB-month"
      },
      {
        "service": "S3 storage",
        "usd": 0.033691,
        "what": "1.46 GiB for a month",
        "source": "https://aws.amazon.com/s3/pricing/ for S3 Standard; an item writes its lease, the rate limiter and the image, reads the rate limiter, and looks twice for the image; DELETE is free; as devnotes.tech's breakdown of S3's prices repeats it: $0.005 and $0.0004 per 1,000 requests, $0.023 per GB-month"
      }
    ],
    "totalUsd": 140.173158,
    "usdPerImageBesideModels": 0.000173,
    "seconds": 500.0,
    "limitedBy": "concurrency",
    "againUsd": 0.102833
  }

A bad list is not planned.

  $ printf '[]' | idlist plan -
  ! idlist: - is not good, and is not planned
  ! 0 items, 1 problem
  ! the list has no items; it needs at least one
  [1]

Arguments have to be numbers, and models have to exist.

  $ idlist plan --price core list.json
  ! idlist: invalid value 'core' for '--price <MODEL=USD>': write MODEL=USD
  ! 
  ! For more information, try '--help'.
  [2]
  $ idlist plan --price core=x list.json
  ! idlist: invalid value 'core=x' for '--price <MODEL=USD>': x is not an amount in US dollars
  ! 
  ! For more information, try '--help'.
  [2]
  $ idlist plan --max-usd x list.json
  ! idlist: invalid value 'x' for '--max-usd <USD>': x is not an amount in US dollars
  ! 
  ! For more information, try '--help'.
  [2]
  $ idlist plan --latency 0 list.json
  ! idlist: invalid value '0' for '--latency <SECONDS>': give a number above 0
  ! 
  ! For more information, try '--help'.
  [2]
  $ idlist plan --rate -1 list.json
  ! idlist: unexpected argument '-1' found
  ! 
  !   tip: to pass '-1' as a value, use '-- -1'
  ! 
  ! Usage: idlist plan [OPTIONS] <FILE>...
  ! 
  ! For more information, try '--help'.
  [2]
  $ idlist plan --concurrency 0 list.json
  ! idlist: invalid value '0' for '--concurrency <NUMBER>': 0 is not in 1..=10000
  ! 
  ! For more information, try '--help'.
  [2]
  $ idlist plan --price dall-e-3=0.1 list.json
  ! idlist: --price: "dall-e-3" is not a model that makes images here; use stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1, stability.sd3-5-large-v1:0 or a service for an image that is there (`idlist models` lists all)
  [2]
  $ idlist plan --price ultra=0.08 list.json | grep ultra
            50 images       4.00 USD  rank "vip", model stability.stable-image-ultra-v1:1
          4.00 USD  stability.stable-image-ultra-v1:1 at 0.08 USD an image
  $ idlist plan --price stability.stable-diffusion-xl-v0=0.1 list.json
  ! idlist: --price: "stability.stable-diffusion-xl-v0" is retired by Amazon Bedrock; use its successor stability.stable-image-core-v1:1, or another of stability.stable-image-core-v1:1, stability.stable-image-ultra-v1:1 or stability.sd3-5-large-v1:0
  [2]

A list that costs too much is planned, and fails.

  $ idlist plan --max-usd 44.99 list.json | grep total
         45.17 USD  in total
  ! idlist: the images of the list cost about 45.00 USD; the limit is 44.99 USD: split the list (idlist split), or raise the limit (--max-usd)
  $ idlist plan --max-usd 44.99 list.json > /dev/null
  ! idlist: the images of the list cost about 45.00 USD; the limit is 44.99 USD: split the list (idlist split), or raise the limit (--max-usd)
  [1]
  $ idlist plan --max-usd 45 list.json > /dev/null
  $ idlist plan --max-usd 42 --price stability.stable-image-ultra-v1:1=0.08 list.json > /dev/null

Words agree with numbers.

  $ idlist new --rank vip=1 | idlist plan --rate 1 -
  Estimate with the prices of 2026-11-24
  
              1 image       0.04 USD  rank "vip", model stability.stable-image-core-v1:1
  
          0.04 USD  stability.stable-image-core-v1:1 at 0.04 USD an image
          0.00 USD  Step Functions: 10 state transitions, without retries
          0.00 USD  Lambda: 1 request of 5.5 s at 0.25 GiB
          0.00 USD  S3 requests: 3 PUT, 3 GET or HEAD, without waits
          0.00 USD  S3 storage: 0.00 GiB for a month
          0.04 USD  in total
  
  Beside its model, an image costs 0.00017 USD, without retries and waits
  Time: 60 s at 1 image a minute
  The same list again: no image, nothing for models, 0.00 USD for looking
  
  Estimates in US dollars for us-west-2, without tax, discounts and free tiers. The prices of two models are in conflict between public sources; --price sets what your bill says.

Images of all ranks are in the price, however many ranks there are.

  $ seq 1500 | sed 's/$/,A,a hat/; 1i rank,id,prompt' > ranks.csv
  $ idlist convert ranks.csv --bucket images --model stability.stable-image-core-v1:1 --key a.png -o ranks.json
  $ idlist plan ranks.json | tail -n 15
              1 image       0.04 USD  rank "999", model stability.stable-image-core-v1:1
           500 images  of other ranks
  
         60.00 USD  stability.stable-image-core-v1:1 at 0.04 USD an image
          0.15 USD  Step Functions: 6006 state transitions, without retries
          0.03 USD  Lambda: 1500 requests of 5.5 s at 0.25 GiB
          0.02 USD  S3 requests: 4500 PUT, 4500 GET or HEAD, without waits
          0.05 USD  S3 storage: 2.20 GiB for a month
         60.26 USD  in total
  
  Beside its model, an image costs 0.00017 USD, without retries and waits
  Time: 13 min with 10 at the same time, 5 s each
  The same list again: no image, nothing for models, 0.15 USD for looking
  
  Estimates in US dollars for us-west-2, without tax, discounts and free tiers. The prices of two models are in conflict between public sources; --price sets what your bill says.
